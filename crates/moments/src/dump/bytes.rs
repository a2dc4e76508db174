//! The bytes of a dump: a file that is read piece by piece, or a buffer.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
enum Store {
    File(Mutex<File>),
    Memory(Vec<u8>),
}

/// A reader of its own position; clones share the file.
#[derive(Debug, Clone)]
pub(crate) struct Bytes {
    store: Arc<Store>,
    at: u64,
    end: u64,
}

impl Bytes {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self {
            store: Arc::new(Store::File(Mutex::new(file))),
            at: 0,
            end: metadata.len(),
        })
    }

    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        let end = bytes.len() as u64;
        Self {
            store: Arc::new(Store::Memory(bytes)),
            at: 0,
            end,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.end
    }

    /// The `length` bytes from `start` on, or as many as there are.
    pub(crate) fn piece(&self, start: u64, length: u64) -> io::Take<Self> {
        let mut piece = self.clone();
        piece.at = start;
        piece.take(length)
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = match &*self.store {
            Store::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(self.at))?;
                file.read(buffer)?
            }
            Store::Memory(bytes) => {
                let start = usize::try_from(self.at).map_or(bytes.len(), |at| at.min(bytes.len()));
                let mut rest = &bytes[start..];
                rest.read(buffer)?
            }
        };
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
