//! `@file` arguments and options from environment variables, which come before the launcher looks at anything.

use crate::options::{Form, find_launcher};

/// Expands what comes before the main class; what follows it is the program's.
#[derive(Default)]
pub struct Expander {
    /// The main class (or jar, or `--module=`) has been seen.
    main_seen: bool,
    /// The argument before takes this one as its value.
    value_expected: bool,
    /// `--disable-@files` was given.
    disabled: bool,
    /// Options with a value that are not the launcher's.
    other: &'static [&'static str],
    /// The arguments so far.
    pub arguments: Vec<String>,
}

/// Where arguments come from, for complaints.
enum Origin<'a> {
    Variable(&'a str),
    /// One argument that holds several options: the first line of a source file made executable.
    Line,
}

impl Origin<'_> {
    fn place(&self) -> String {
        match self {
            Origin::Variable(name) => format!("environment variable {name}"),
            Origin::Line => "this context".to_owned(),
        }
    }
}

impl Expander {
    #[cfg(feature = "monitor")]
    /// For a command line in which other options than the launcher's have values, too.
    pub fn with_options(other: &'static [&'static str]) -> Expander {
        Expander {
            other,
            ..Expander::default()
        }
    }
    /// One argument of the command line.
    pub fn command_line(&mut self, argument: String) -> Result<(), String> {
        let several = argument
            .strip_prefix("--source")
            .is_some_and(|r| r.starts_with(char::is_whitespace));
        if several && !self.main_seen && !self.disabled {
            return self.expand_text(&argument, &Origin::Line);
        }
        let expanded = self.preprocess(argument)?;
        self.arguments.extend(expanded);
        Ok(())
    }
    /// The options of an environment variable, if it is set.
    pub fn variable(&mut self, name: &str) -> Result<(), String> {
        let Some(text) = std::env::var_os(name) else {
            return Ok(());
        };
        let text = text.to_string_lossy();
        eprintln!("NOTE: Picked up {name}: {text}");
        self.expand_text(&text, &Origin::Variable(name))
    }
    fn expand_text(&mut self, text: &str, origin: &Origin) -> Result<(), String> {
        let words = split_quoted(text).ok_or_else(|| format!("Error: Unmatched quote in {}", origin.place()))?;
        for word in words {
            let from_file = word.starts_with('@').then(|| word.clone());
            let expanded = self.preprocess(word)?;
            if let Some(terminal) = expanded.iter().find(|a| is_terminal(a)) {
                let from = from_file.map(|file| format!(" in {file}")).unwrap_or_default();
                return Err(format!(
                    "Error: Option {terminal}{from} is not allowed in {}",
                    origin.place()
                ));
            }
            if self.main_seen {
                return Err(format!("Error: Cannot specify main class in {}", origin.place()));
            }
            self.arguments.extend(expanded);
        }
        Ok(())
    }
    /// The arguments that stand for one.
    fn preprocess(&mut self, argument: String) -> Result<Vec<String>, String> {
        let file = match argument.strip_prefix('@') {
            Some(file) if !self.main_seen && !self.disabled && !file.is_empty() => file,
            _ => {
                self.note(&argument);
                return Ok(if argument == "--disable-@files" {
                    Vec::new()
                } else {
                    vec![argument]
                });
            }
        };
        if file.starts_with('@') {
            self.note(file);
            return Ok(vec![file.to_owned()]);
        }
        let bytes = std::fs::read(file).map_err(|_| format!("Error: could not open `{file}'"))?;
        let words = split_argument_file(&String::from_utf8_lossy(&bytes));
        for word in &words {
            self.note(word);
        }
        Ok(words)
    }
    fn note(&mut self, argument: &str) {
        if self.main_seen {
            return;
        }
        if !argument.starts_with('-') {
            self.main_seen = !self.value_expected;
            self.value_expected = false;
            return;
        }
        self.disabled |= argument == "--disable-@files";
        self.main_seen |= (argument == "--" && !self.other.is_empty()) || argument.starts_with("--module=");
        self.value_expected = self.other.contains(&argument)
            || !matches!(argument, "-m" | "--module")
                && matches!(find_launcher(argument), Some((row, None)) if matches!(row.form, Form::Next | Form::NextOrEquals));
    }
}

/// Options that end the launcher's work or name what it runs: not for places where a user would not look for them.
fn is_terminal(argument: &str) -> bool {
    const TERMINAL: &[&str] = &[
        "-jar",
        "-m",
        "--module",
        "--dry-run",
        "-h",
        "-?",
        "-help",
        "--help",
        "-X",
        "--help-extra",
        "-version",
        "--version",
        "-fullversion",
        "--full-version",
    ];
    TERMINAL.contains(&argument) || argument.starts_with("--module=")
}

/// Splits at white space; quotes of either kind group, nothing escapes. `None` when a quote is not closed.
pub fn split_quoted(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        other => word.push(other),
                    }
                }
            }
            c if c.is_ascii_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// Splits an argument file: white space separates, quotes group, `#` begins a comment, a backslash escapes in quotes.
fn split_argument_file(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), '\\') => match chars.next() {
                Some('n') => word.get_or_insert_default().push('\n'),
                Some('r') => word.get_or_insert_default().push('\r'),
                Some('t') => word.get_or_insert_default().push('\t'),
                Some('f') => word.get_or_insert_default().push('\u{c}'),
                Some('\n') => {
                    while chars.peek().is_some_and(|c| *c == ' ' || *c == '\t') {
                        chars.next();
                    }
                }
                Some(other) => word.get_or_insert_default().push(other),
                None => {}
            },
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
