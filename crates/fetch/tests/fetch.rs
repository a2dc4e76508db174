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
use formant_fetch::{Archive, FetchError, Progress, fetch_archive, fetch_mnist_with};

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
fn a_cut_connection_keeps_what_was_there_and_what_has_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(MnistFile::TrainImages.name());
    fs::write(&path, "older").unwrap();
    let message = fetch(&serve_cut(), dir.path()).unwrap_err().to_string();
    assert!(message.contains("cut after 12"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), b"older");
    let part = format!(".{}.part", MnistFile::TrainImages.name());
    assert_eq!(fs::read(dir.path().join(part)).unwrap(), bodies()[0]);
    assert_eq!(names(dir.path()).len(), 2);

    // This server knows no ranges, and sends all of it again.
    fetch(&serve(good()), dir.path()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bodies()[0]);
    assert_eq!(names(dir.path()).len(), 4);
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

/// Two wanted files, one that is not, and one that would leave the folder.
fn archive() -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Builders refuse such paths: the bytes are set by hand.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    };
    add("batches/readme.html", b"four");
    add("../../one.bin", b"1111");
    add("batches/two.bin", b"2222");
    add("../../evil.bin", b"evil");
    tar.into_inner().unwrap().finish().unwrap()
}

fn wanted() -> Archive {
    Archive {
        url: "",
        name: "set.tar.gz",
        md5: Md5::of(&archive()),
        files: &["one.bin", "two.bin"],
        bytes: 4,
    }
}

/// A server of one body that knows ranges; the first request is cut after `cut` bytes. Counts the bytes that it sent.
fn serve_ranges(body: Vec<u8>, cut: Option<usize>) -> (String, std::sync::mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sent, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut cut = cut;
        for mut stream in listener.incoming().flatten() {
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
            let range = request.split("range: bytes=").nth(1);
            let from = range.and_then(|range| range.split('-').next()?.parse::<usize>().ok());
            let status = if from.is_some() {
                "206 Partial Content"
            } else {
                "200 OK"
            };
            let rest = &body[from.unwrap_or(0).min(body.len())..];
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                rest.len()
            );
            let part = &rest[..cut.take().unwrap_or(rest.len()).min(rest.len())];
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(part));
            let _ = sent.send(part.len());
        }
    });
    (url, received)
}

#[test]
fn an_archive_is_unpacked_into_its_folder_and_nowhere_else() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    let (url, _sent) = serve_ranges(archive(), None);
    let paths = fetch_archive(&url, &dir, &wanted(), &mut |_| ()).unwrap();
    assert_eq!(names(&dir), ["MD5SUMS", "one.bin", "two.bin"]);
    assert_eq!(fs::read(&paths[0]).unwrap(), b"1111");
    assert_eq!(names(root.path()), ["a"]);
    assert_eq!(names(&root.path().join("a")), ["b"]);

    // No server is needed for files that are there.
    let mut kept = 0;
    let count =
        &mut |progress: Progress| kept += usize::from(matches!(progress, Progress::Kept { .. }));
    fetch_archive("http://127.0.0.1:1", &dir, &wanted(), count).unwrap();
    assert_eq!(kept, 2);
}

#[test]
fn a_file_of_the_right_length_is_not_kept_for_that() {
    let dir = tempfile::tempdir().unwrap();
    let (url, sent) = serve_ranges(archive(), None);
    let path = dir.path().join("two.bin");
    let fetch = || fetch_archive(&url, dir.path(), &wanted(), &mut |_| ()).unwrap();
    // Of unknown origin, damaged later, and with a damaged list.
    for (file, text) in [
        ("two.bin", "2223"),
        ("two.bin", "2322"),
        ("MD5SUMS", "0  two.bin\n"),
    ] {
        fs::write(dir.path().join("one.bin"), "1111").unwrap();
        fs::write(dir.path().join(file), text).unwrap();
        fetch();
        assert_eq!(fs::read(&path).unwrap(), b"2222");
    }
    fetch();
    assert_eq!(sent.try_iter().count(), 3);
}

#[test]
fn an_archive_that_somebody_put_there_needs_no_server() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("set.tar.gz"), archive()).unwrap();
    let paths = fetch_archive("http://127.0.0.1:1", dir.path(), &wanted(), &mut |_| ()).unwrap();
    assert_eq!(fs::read(&paths[1]).unwrap(), b"2222");
    assert_eq!(
        names(dir.path()),
        ["MD5SUMS", "one.bin", "set.tar.gz", "two.bin"]
    );
}

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (url, sent) = serve_ranges(archive(), Some(100));
    let fetch = || fetch_archive(&url, dir.path(), &wanted(), &mut |_| ());
    let message = fetch().unwrap_err().to_string();
    assert!(
        message.contains("cut after 100 bytes") && message.contains("goes on from there"),
        "{message}"
    );
    assert_eq!(names(dir.path()), [".set.tar.gz.part"]);
    fetch().unwrap();
    assert_eq!(names(dir.path()), ["MD5SUMS", "one.bin", "two.bin"]);
    assert_eq!(
        [sent.recv().unwrap(), sent.recv().unwrap()],
        [100, archive().len() - 100]
    );
}

#[test]
fn another_archive_is_refused_and_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (url, _sent) = serve_ranges(b"<html>log in first</html>".to_vec(), None);
    let message = fetch_archive(&url, dir.path(), &wanted(), &mut |_| ());
    let message = message.unwrap_err().to_string();
    assert!(message.contains("another file (25 bytes"), "{message}");
    assert!(names(dir.path()).is_empty());
    // One of the right checksum without the files.
    let (url, _sent) = serve_ranges(archive(), None);
    let other = Archive {
        files: &["one.bin", "three.bin"],
        ..wanted()
    };
    let message = fetch_archive(&url, dir.path(), &other, &mut |_| ());
    let message = message.unwrap_err().to_string();
    assert!(message.contains("holds no three.bin"), "{message}");
}
