//! The VM's own text (thread dumps, warnings), on the standard streams the embedding gave it.

use crate::vm::Vm;
use std::io::Write;

impl Vm {
    /// Writes to the VM's standard output.
    pub fn print(&self, text: &str) {
        match &self.options.stdout {
            Some(sink) => sink(text.as_bytes()),
            None => {
                let mut stream = std::io::stdout().lock();
                // Nobody to tell when standard output is gone.
                let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
            }
        }
    }
    /// Writes to the VM's standard error.
    pub fn print_error(&self, text: &str) {
        match &self.options.stderr {
            Some(sink) => sink(text.as_bytes()),
            None => {
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
            }
        }
    }
}
