//! A command line of `--name value`, `--flag` and positional words.

use crate::Outcome;

/// The words not consumed yet.
pub struct Args {
    words: Vec<String>,
}

impl Args {
    /// The process's arguments without the program name.
    pub fn from_env() -> Self {
        Args {
            words: std::env::args().skip(1).collect(),
        }
    }

    /// Takes the first word if it is not an option.
    pub fn positional(&mut self) -> Option<String> {
        if self.words.first().is_some_and(|w| !w.starts_with('-')) {
            Some(self.words.remove(0))
        } else {
            None
        }
    }

    /// Takes `--name value` or `--name=value`.
    pub fn option(&mut self, name: &str) -> Outcome<Option<String>> {
        let prefix = format!("{name}=");
        let Some(at) = self.words.iter().position(|w| w == name || w.starts_with(&prefix)) else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some(value) = word.strip_prefix(&prefix) {
            return Ok(Some(value.to_string()));
        }
        if at < self.words.len() {
            Ok(Some(self.words.remove(at)))
        } else {
            Err(format!("{name} needs a value"))
        }
    }

    /// Takes `--name N`.
    pub fn number(&mut self, name: &str) -> Outcome<Option<usize>> {
        match self.option(name)? {
            None => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| format!("{name}: `{text}` is not a number")),
        }
    }

    /// Takes `--name`.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|w| w != name);
        self.words.len() != before
    }

    /// Fails if something is left that nobody asked for.
    pub fn finish(self) -> Outcome {
        if self.words.is_empty() {
            Ok(())
        } else {
            Err(format!("unexpected: {}", self.words.join(" ")))
        }
    }
}
