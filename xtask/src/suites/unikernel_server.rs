//! A web server in a guest, and clients of it on the host, through a granted loopback address.

use super::unikernel::Machine;
use super::{Case, Failure};
use crate::paths;
use crate::process::Job;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Clients at a time.
const CLIENTS: usize = 4;
/// Requests on a connection.
const ON_A_CONNECTION: usize = 25;
/// Longest time to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The case: `requests` requests without an error.
pub fn case(machine: Machine, requests: usize) -> Case {
    Case::new("web_server", move || {
        machine.check()?;
        serve(&machine, requests).map_err(Failure::Wrong)
    })
}

/// Kills what is left of the guest when a test fails.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}

fn serve(machine: &Machine, requests: usize) -> Result<(), String> {
    let classes = paths::target().join(format!("tests/unikernel-{}", std::process::id()));
    paths::fresh_dir(&classes)?;
    let served = exchange_all(machine, requests, &classes);
    let _ = std::fs::remove_dir_all(&classes);
    served
}

fn exchange_all(machine: &Machine, requests: usize, classes: &Path) -> Result<(), String> {
    Job::new(machine.jdk.tool("javac"))
        .arg("-d")
        .arg(classes)
        .arg(paths::root().join("tests/unikernel/WebServer.java"))
        .check()?;
    // Free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.map_err(text)?.port();
    let child = Command::new(&machine.vm)
        .args(machine.boot(2))
        .arg(format!("--listen=127.0.0.1:{port}"))
        .arg("-cp")
        .arg(classes)
        .args(["WebServer", &port.to_string()])
        .env("PEABERRY_JDK", &machine.jdk.home)
        .stdout(Stdio::piped())
        .spawn();
    let mut server = Server(child.map_err(text)?);
    let mut lines = BufReader::new(server.0.stdout.take().ok_or("no output")?).lines();
    let mut line = || lines.next().unwrap_or(Ok("nothing".into())).map_err(text);
    let ready = line()?;
    if ready != "ready" {
        return Err(format!("the server says {ready}"));
    }
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let count = requests / CLIENTS + usize::from(client < requests % CLIENTS);
            std::thread::spawn(move || ask(port, client, count))
        })
        .collect();
    for client in clients {
        client.join().map_err(|_| "a client failed")??;
    }
    let stopped = exchange(&mut connect(port)?, "/stop", b"")?;
    let served = line()?;
    let status = server.0.wait().map_err(text)?;
    if stopped.0 != 204 || served != format!("served {requests}") || !status.success() {
        return Err(format!("{stopped:?}, {served}, {status}"));
    }
    Ok(())
}

fn connect(port: u16) -> Result<BufReader<TcpStream>, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(text)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(text)?;
    stream.set_nodelay(true).map_err(text)?;
    Ok(BufReader::new(stream))
}

/// One client: requests of different lengths, each answer looked at.
fn ask(port: u16, client: usize, count: usize) -> Result<(), String> {
    let mut stream = connect(port)?;
    for index in 0..count {
        if index % ON_A_CONNECTION == ON_A_CONNECTION - 1 {
            stream = connect(port)?;
        }
        let body = vec![(index % 251) as u8; index * 37 % 20_000];
        let sum = body.iter().map(|&byte| u64::from(byte)).sum::<u64>();
        let answer = exchange(&mut stream, &format!("/sum?{client}-{index}"), &body);
        let expected = (200, format!("{client}-{index} {sum}"));
        match answer {
            Ok(answer) if answer == expected => {}
            answer => {
                return Err(format!(
                    "client {client}, request {index}: {answer:?}, expected {expected:?}"
                ));
            }
        }
    }
    Ok(())
}

/// Sends a request and reads the answer: status and body.
fn exchange(stream: &mut BufReader<TcpStream>, path: &str, body: &[u8]) -> Result<(u16, String), String> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: guest\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    stream.get_mut().write_all(&request).map_err(text)?;
    let mut line = String::new();
    stream.read_line(&mut line).map_err(text)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("answer `{line}`"))?;
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).map_err(text)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap_or(0),
            Some(_) => {}
            None => break,
        }
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).map_err(text)?;
    Ok((status, String::from_utf8_lossy(&answer).into_owned()))
}
