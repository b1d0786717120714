//! The file that says what a VM of `peaberry boot` is made of and granted: TOML, turned into the command line that says the same.

use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BootFile {
    /// Options of `boot` and of the launcher.
    pub options: Vec<String>,
    /// What is run: `-jar FILE`, `-m MODULE` or a class; nothing when the command line is to say that.
    pub program: Vec<String>,
    /// The program's arguments.
    pub arguments: Vec<String>,
    /// The image that is booted, in place of a program.
    pub image: Option<PathBuf>,
}

/// Reads a file. Relative paths in it begin at its own directory.
pub fn read(path: &Path) -> Result<BootFile, String> {
    let said = |error: String| format!("Error: {}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| said(error.to_string()))?;
    let here = std::path::absolute(path).map_err(|error| said(error.to_string()))?;
    let here = here.parent().unwrap_or(Path::new("/"));
    parse(&text, here).map_err(said)
}

/// Reads a file's text; relative paths in it begin at `here`.
pub fn parse(text: &str, here: &Path) -> Result<BootFile, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut file = BootFile::default();
    for (key, value) in &table {
        let path = |value: &Value| Ok(here.join(string(key, value)?).display().to_string());
        let mut option = |name: &str, value: String| file.options.extend([name.to_owned(), value]);
        match key.as_str() {
            "cpus" => option("--cpus", number(key, value)?),
            "memory" => option("--memory", string(key, value)?),
            "share" => match value.as_bool() {
                Some(true) => file.options.push("--share".to_owned()),
                Some(false) => {}
                None => return Err("share is to be true or false".to_owned()),
            },
            "guest" => option("--guest", path(value)?),
            "jdk" => option("--jdk", path(value)?),
            "read" => each(key, value, path)?
                .into_iter()
                .for_each(|path| option("--mount", path + ":ro")),
            "write" => each(key, value, path)?
                .into_iter()
                .for_each(|path| option("--mount", path + ":rw")),
            "listen" => strings(key, value)?.into_iter().for_each(|one| option("--listen", one)),
            "connect" => strings(key, value)?
                .into_iter()
                .for_each(|one| option("--connect", one)),
            "environment" => {
                for (name, value) in inner(key, value)? {
                    option("--env", format!("{name}={}", string(name, value)?));
                }
            }
            "limits" => {
                for (name, value) in inner(key, value)? {
                    match name.as_str() {
                        "threads" => option("--threads", number(name, value)?),
                        "descriptors" => option("--descriptors", number(name, value)?),
                        _ => return Err(format!("no such key: limits.{name}")),
                    }
                }
            }
            "class-path" => option("-cp", each(key, value, path)?.join(":")),
            "options" => file.options.extend(strings(key, value)?),
            "jar" | "main" | "module" | "image" if !file.program.is_empty() || file.image.is_some() => {
                return Err("only one of image, jar, main and module says what is run".to_owned());
            }
            "image" => file.image = Some(path(value)?.into()),
            "jar" => file.program = vec!["-jar".to_owned(), path(value)?],
            "module" => file.program = vec!["-m".to_owned(), string(key, value)?],
            "main" => file.program = vec![string(key, value)?],
            "arguments" => file.arguments = strings(key, value)?,
            _ => return Err(format!("no such key: {key}")),
        }
    }
    Ok(file)
}

fn string(key: &str, value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(String::from)
        .ok_or_else(|| format!("{key} is to be a string"))
}

fn number(key: &str, value: &Value) -> Result<String, String> {
    let number = value.as_integer().filter(|&number| number > 0);
    number
        .map(|number| number.to_string())
        .ok_or_else(|| format!("{key} is to be a positive number"))
}

fn each(key: &str, value: &Value, f: impl Fn(&Value) -> Result<String, String>) -> Result<Vec<String>, String> {
    let values = value
        .as_array()
        .ok_or_else(|| format!("{key} is to be a list of strings"))?;
    values.iter().map(f).collect()
}

fn strings(key: &str, value: &Value) -> Result<Vec<String>, String> {
    each(key, value, |value| string(key, value))
}

fn inner<'a>(key: &str, value: &'a Value) -> Result<&'a Table, String> {
    value.as_table().ok_or_else(|| format!("{key} is to be a table"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<BootFile, String> {
        parse(text, Path::new("/here"))
    }

    #[test]
    fn a_file_says_what_a_command_line_says() {
        let text = r#"
            cpus = 2
            memory = "512m"
            read = ["data", "/srv/more"]
            write = ["out"]
            listen = ["127.0.0.1:8080"]
            connect = ["example.org:443"]
            options = ["--add-opens", "a/b=c"]
            jar = "app.jar"
            arguments = ["-v", "x y"]
            [environment]
            NAME = "value"
            [limits]
            threads = 50
            descriptors = 100
        "#;
        let file = check(text).expect("parse");
        let mut pairs: Vec<String> = file.options.chunks(2).map(|pair| pair.join(" ")).collect();
        pairs.sort();
        let mut expected = [
            "--add-opens a/b=c",
            "--connect example.org:443",
            "--cpus 2",
            "--descriptors 100",
            "--env NAME=value",
            "--listen 127.0.0.1:8080",
            "--memory 512m",
            "--mount /here/data:ro",
            "--mount /here/out:rw",
            "--mount /srv/more:ro",
            "--threads 50",
        ];
        expected.sort_unstable();
        assert_eq!(pairs, expected);
        assert_eq!(file.program, ["-jar", "/here/app.jar"]);
        assert_eq!(file.arguments, ["-v", "x y"]);
        let file = check("class-path = ['a.jar', '/b']\nmain = 'M'").expect("parse");
        assert_eq!(
            (file.options, file.program),
            (vec!["-cp".into(), "/here/a.jar:/b".into()], vec!["M".into()])
        );
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for (text, expected) in [
            ("cpu = 2", "no such key: cpu"),
            ("[limits]\ntime = 3", "no such key: limits.time"),
            (
                "image = 'a'\nmain = 'b'",
                "only one of image, jar, main and module says what is run",
            ),
            ("cpus = 0", "cpus is to be a positive number"),
            ("cpus = '2'", "cpus is to be a positive number"),
            ("memory = 3", "memory is to be a string"),
            ("listen = '127.0.0.1:1'", "listen is to be a list of strings"),
            ("environment = 3", "environment is to be a table"),
            (
                "jar = 'a'\nmain = 'b'",
                "only one of image, jar, main and module says what is run",
            ),
        ] {
            assert_eq!(check(text), Err(expected.to_owned()), "{text}");
        }
        assert!(check("cpus = ").is_err());
        assert!(read(Path::new("/no/such/file.toml")).is_err());
    }
}
