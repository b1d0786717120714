//! The main section of a jar's manifest.

/// Main attributes of META-INF/MANIFEST.MF, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    attributes: Vec<(String, String)>,
}

impl Manifest {
    /// Parses the main section: up to the first empty line; a line that starts with a space goes on with the one
    /// before it. Lines that are no attributes are skipped.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        // CR LF, LF and CR all end a line.
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest
                .iter()
                .position(|byte| matches!(byte, b'\r' | b'\n'))
                .unwrap_or(rest.len());
            let line = &rest[..end];
            let terminator = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
            rest = rest.get(end + terminator..).unwrap_or_default();
            match (line.first(), lines.last_mut()) {
                (None, _) => break,
                (Some(b' '), Some(previous)) => previous.extend_from_slice(&line[1..]),
                _ => lines.push(line.to_vec()),
            }
        }
        let attributes = lines
            .iter()
            .filter_map(|line| {
                let line = String::from_utf8_lossy(line);
                let (name, value) = line.split_once(':')?;
                Some((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
            })
            .collect();
        Self { attributes }
    }

    /// Value of a main attribute; names compare without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All main attributes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
