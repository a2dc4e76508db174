//! Downloads from a local server: a good body, a wrong one, a cut one, none at all.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use formant_data::Md5;
use formant_data::mnist::{Checksums, MnistFile};
use formant_fetch::{FetchError, Progress, fetch_mnist_with};

fn bodies() -> [Vec<u8>; 4] {
    [
        b"train images".to_vec(),
        vec![7; 100_000],
        Vec::new(),
        b"test labels".to_vec(),
    ]
}

fn checksums() -> Checksums {
    Checksums(bodies().map(|body| Md5::of(&body)))
}

/// A server of `files` that lives until the test ends; what it does not hold is a 404.
fn serve(files: HashMap<String, Vec<u8>>) -> String {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mnist/", server.server_addr().to_ip().unwrap());
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let answer = match files.get(request.url()) {
                Some(body) => tiny_http::Response::from_data(body.clone()),
                None => tiny_http::Response::from_string("no such file").with_status_code(404),
            };
            let _ = request.respond(answer);
        }
    });
    url
}

fn good() -> HashMap<String, Vec<u8>> {
    MnistFile::ALL
        .iter()
        .map(|f| format!("/mnist/{}", f.name()))
        .zip(bodies())
        .collect()
}

/// A server that promises 1000 bytes, sends 12, and hangs up.
fn serve_cut() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer_and_hang_up(stream);
        }
    });
    url
}

fn answer_and_hang_up(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ntrain images");
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

fn fetch(url: &str, dir: &Path) -> Result<Vec<PathBuf>, FetchError> {
    fetch_mnist_with(url, dir, &checksums(), &mut |_| ())
}

#[test]
fn good_files_arrive_and_are_not_fetched_twice() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("new/mnist");
    let (mut received, mut finished) = (0, 0);
    let paths = fetch_mnist_with(
        &serve(good()),
        &dir,
        &checksums(),
        &mut |progress| match progress {
            Progress::Received { bytes } => received += bytes,
            Progress::Finished { .. } => finished += 1,
            Progress::Started { .. } => {}
            Progress::Kept { path } => panic!("{} was not there", path.display()),
        },
    )
    .unwrap();
    assert_eq!(
        (received, finished),
        (bodies().iter().map(|b| b.len() as u64).sum(), 4)
    );
    for (path, body) in paths.iter().zip(bodies()) {
        assert_eq!(fs::read(path).unwrap(), body);
    }
    assert_eq!(names(&dir).len(), 4);

    // No server is needed for files that are there.
    let mut kept = 0;
    fetch_mnist_with("http://127.0.0.1:1", &dir, &checksums(), &mut |progress| {
        assert!(matches!(progress, Progress::Kept { .. }));
        kept += 1;
    })
    .unwrap();
    assert_eq!(kept, 4);
}

#[test]
fn a_damaged_file_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(MnistFile::TrainImages.name());
    fs::write(&path, "damaged").unwrap();
    fetch(&serve(good()), dir.path()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bodies()[0]);
}

#[test]
fn a_wrong_body_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = good();
    files.insert(
        format!("/mnist/{}", MnistFile::TrainLabels.name()),
        b"<html>log in first</html>".to_vec(),
    );
    let message = fetch(&serve(files), dir.path()).unwrap_err().to_string();
    assert!(message.contains("another file (25 bytes"), "{message}");
    assert!(
        message.contains(&checksums().of(MnistFile::TrainLabels).to_string()),
        "{message}"
    );
    assert_eq!(
        names(dir.path()),
        [MnistFile::TrainImages.name()],
        "only what came before"
    );
}

#[test]
fn a_cut_connection_leaves_nothing_behind_and_keeps_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let message = fetch(&serve_cut(), dir.path()).unwrap_err().to_string();
    assert!(message.contains("cut after 12"), "{message}");
    assert!(names(dir.path()).is_empty());

    let path = dir.path().join(MnistFile::TrainImages.name());
    fs::write(&path, "older").unwrap();
    assert!(fetch(&serve_cut(), dir.path()).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"older");
    assert_eq!(names(dir.path()).len(), 1);
}

#[test]
fn a_missing_page_and_a_missing_server_say_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    for (url, part) in [
        (serve(HashMap::new()), "404"),
        ("http://127.0.0.1:1".to_owned(), "refused"),
    ] {
        let message = fetch(&url, dir.path()).unwrap_err().to_string();
        let dest = dir.path().join(MnistFile::TrainImages.name());
        for part in [
            part,
            &url,
            &dest.display().to_string(),
            "Without a network",
            "--url",
        ] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert!(names(dir.path()).is_empty());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let message = fetch("http://127.0.0.1:1", &file.join("mnist"))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("file/mnist cannot be written"),
        "{message}"
    );
}

#[test]
fn a_failed_download_says_what_to_do_and_leaves_nothing() {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let wrong = format!("http://{}", server.server_addr().to_ip().unwrap());
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let _ = request.respond(tiny_http::Response::from_string("not what you want"));
        }
    });
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    for (url, cause) in [
        (wrong.as_str(), "another file"),
        ("http://127.0.0.1:1", "refused"),
    ] {
        let args = ["mnist", "--data-dir", dir.to_str().unwrap(), "--url", url];
        let mut binary = Command::cargo_bin("formant-fetch").unwrap();
        let assert = binary.args(args).assert().code(1);
        let message = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        for part in [
            cause,
            "train-images-idx3-ubyte.gz",
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "Without a network",
        ] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert_eq!(fs::read_dir(dir.join("mnist")).unwrap().count(), 0);
    }
}
