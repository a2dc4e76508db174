//! The state of one member in a file, from which a stopped run resumes to the bit.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Divergence, TrainError};

/// Version of the file format; 2 added the checksum.
pub const CHECKPOINT_SCHEMA: u32 = 2;

/// A named array in host memory.
#[derive(Debug, Clone, PartialEq)]
pub struct HostTensor {
    name: String,
    shape: Vec<usize>,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl HostTensor {
    pub(crate) fn flat_f32(name: String, values: Vec<f32>) -> Self {
        Self {
            name,
            shape: vec![values.len()],
            values: Values::F32(values),
        }
    }

    pub(crate) fn flat_f64(name: String, values: Vec<f64>) -> Self {
        Self {
            name,
            shape: vec![values.len()],
            values: Values::F64(values),
        }
    }

    /// Reads a tensor back from its device.
    pub(crate) fn read<B: Backend, const D: usize>(
        name: String,
        tensor: Tensor<B, D>,
    ) -> Result<Self, TrainError> {
        let data = tensor.into_data();
        let shape = data.shape.to_vec();
        let values = match data.dtype {
            DType::F64 => data.into_vec().map(Values::F64),
            _ => data.into_vec().map(Values::F32),
        };
        match values {
            Ok(values) => Ok(Self {
                name,
                shape,
                values,
            }),
            Err(error) => Err(TrainError::Unreadable {
                name,
                reason: format!("{error:?}"),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its shape, without the members axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(crate) fn is_f64(&self) -> bool {
        matches!(self.values, Values::F64(_))
    }

    /// The values in single precision.
    pub(crate) fn f32(&self) -> Result<Vec<f32>, TrainError> {
        match &self.values {
            Values::F32(values) => Ok(values.clone()),
            Values::F64(_) => Err(self.wrong_type("f64", "f32")),
        }
    }

    /// The values in double precision.
    pub(crate) fn f64(&self) -> Result<Vec<f64>, TrainError> {
        match &self.values {
            Values::F64(values) => Ok(values.clone()),
            Values::F32(_) => Err(self.wrong_type("f32", "f64")),
        }
    }

    fn wrong_type(&self, found: &str, expected: &str) -> TrainError {
        TrainError::CheckpointMismatch {
            what: format!("the type of '{}'", self.name),
            found: found.into(),
            expected: expected.into(),
        }
    }

    fn bytes(&self) -> (Dtype, Vec<u8>) {
        match &self.values {
            Values::F32(v) => (Dtype::F32, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Values::F64(v) => (Dtype::F64, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        }
    }

    fn from_view(name: String, view: &TensorView<'_>) -> Result<Self, String> {
        let values = match view.dtype() {
            Dtype::F32 => Values::F32(numbers(view.data(), f32::from_le_bytes)),
            Dtype::F64 => Values::F64(numbers(view.data(), f64::from_le_bytes)),
            other => return Err(format!("'{name}' holds {other:?}, expected F32 or F64")),
        };
        Ok(Self {
            name,
            shape: view.shape().to_vec(),
            values,
        })
    }
}

fn numbers<T, const N: usize>(bytes: &[u8], of: fn([u8; N]) -> T) -> Vec<T> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|chunk| of(*chunk))
        .collect()
}

/// Everything that one member's future depends on, besides its configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Steps taken.
    pub step: u64,
    /// How it ended, if it diverged.
    pub divergence: Option<Divergence>,
    /// Parameters in the order of visits, without the members axis.
    pub parameters: Vec<HostTensor>,
    /// Optimiser buffers in the order of parameters, then buffers.
    pub buffers: Vec<HostTensor>,
}

impl Checkpoint {
    /// Writes the checkpoint of the run called `key`: beside, flushed, then renamed, so that a kill leaves the
    /// previous one whole.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path, key: &str) -> Result<(), TrainError> {
        let io = |source| TrainError::Io {
            path: path.to_owned(),
            source,
        };
        let bytes = self.to_bytes(key)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        // A temporary file is private to its owner; a checkpoint is as readable as the umask lets it be.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder).map_err(io)?;
        file.write_all(&bytes).map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        file.persist(path).map_err(|error| io(error.error))?;
        // The rename itself is durable once the folder is; a failure here costs at most this checkpoint.
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io)
    }

    /// Reads the checkpoint of the run called `key`; `None` if there is no file.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or belongs to another run.
    pub fn load(path: &Path, key: &str) -> Result<Option<Self>, TrainError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(TrainError::Io {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        Self::from_bytes(&bytes, key, path).map(Some)
    }

    /// What [`save`](Self::save) writes.
    ///
    /// # Errors
    /// If an array cannot be written in the format.
    pub fn to_bytes(&self, key: &str) -> Result<Vec<u8>, TrainError> {
        self.encode(key).map_err(|reason| TrainError::Unreadable {
            name: "a checkpoint".into(),
            reason,
        })
    }

    fn encode(&self, key: &str) -> Result<Vec<u8>, String> {
        let mut metadata = HashMap::from([
            ("schema_version".to_owned(), CHECKPOINT_SCHEMA.to_string()),
            ("key".to_owned(), key.to_owned()),
            ("step".to_owned(), self.step.to_string()),
            ("parameters".to_owned(), names(&self.parameters)?),
            ("buffers".to_owned(), names(&self.buffers)?),
            ("sha256".to_owned(), self.checksum(key)?),
        ]);
        if let Some(divergence) = &self.divergence {
            metadata.insert("divergence".into(), json(divergence)?);
        }
        let arrays: Vec<_> = self.parameters.iter().chain(&self.buffers).collect();
        let bytes: Vec<_> = arrays.iter().map(|array| array.bytes()).collect();
        let views = arrays
            .iter()
            .zip(&bytes)
            .map(|(array, (dtype, bytes))| {
                let view = TensorView::new(*dtype, array.shape.clone(), bytes);
                view.map(|view| (array.name.clone(), view))
                    .map_err(|e| e.to_string())
            })
            .collect::<Result<Vec<_>, _>>()?;
        safetensors::serialize(views, Some(metadata)).map_err(|e| e.to_string())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave; `path` is for messages.
    ///
    /// # Errors
    /// If it is damaged, or belongs to another run.
    pub fn from_bytes(bytes: &[u8], key: &str, path: &Path) -> Result<Self, TrainError> {
        let damaged = |reason: String| TrainError::DamagedCheckpoint {
            path: path.into(),
            reason,
        };
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|error| damaged(error.to_string()))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let field = |name: &str| {
            metadata
                .get(name)
                .cloned()
                .ok_or_else(|| damaged(format!("no '{name}' in its header")))
        };
        for (name, expected) in [
            ("schema_version", CHECKPOINT_SCHEMA.to_string()),
            ("key", key.into()),
        ] {
            let found = field(name)?;
            if found != expected {
                let what = format!("its {name} ({})", path.display());
                return Err(TrainError::CheckpointMismatch {
                    what,
                    found,
                    expected,
                });
            }
        }
        let step = field("step")?;
        let step = step
            .parse()
            .map_err(|_| damaged(format!("step is '{step}', not a number")))?;
        let divergence = match metadata.get("divergence") {
            Some(json) => Some(serde_json::from_str(json).map_err(|e| damaged(e.to_string()))?),
            None => None,
        };
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| damaged(e.to_string()))?;
        let read = |list: String| -> Result<Vec<HostTensor>, TrainError> {
            let names: Vec<String> =
                serde_json::from_str(&list).map_err(|e| damaged(e.to_string()))?;
            names
                .into_iter()
                .map(|name| {
                    let view = tensors.tensor(&name).map_err(|e| damaged(e.to_string()))?;
                    HostTensor::from_view(name, &view).map_err(damaged)
                })
                .collect()
        };
        let checkpoint = Self {
            step,
            divergence,
            parameters: read(field("parameters")?)?,
            buffers: read(field("buffers")?)?,
        };
        let (found, expected) = (checkpoint.checksum(key).map_err(damaged)?, field("sha256")?);
        if found != expected {
            return Err(damaged(format!(
                "the SHA-256 of its contents is {found}, its header says {expected}"
            )));
        }
        Ok(checkpoint)
    }

    /// SHA-256 of all that the file says, so that damage is noticed wherever it is: in the step as in a weight.
    fn checksum(&self, key: &str) -> Result<String, String> {
        let mut hash = Sha256::new();
        let mut feed = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        feed(key.as_bytes());
        feed(&self.step.to_le_bytes());
        feed(json(&self.divergence)?.as_bytes());
        feed(names(&self.parameters)?.as_bytes());
        feed(names(&self.buffers)?.as_bytes());
        for array in self.parameters.iter().chain(&self.buffers) {
            let (dtype, bytes) = array.bytes();
            feed(json(&(dtype, &array.shape))?.as_bytes());
            feed(&bytes);
        }
        Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}

fn names(arrays: &[HostTensor]) -> Result<String, String> {
    json(&arrays.iter().map(HostTensor::name).collect::<Vec<_>>())
}

fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

impl HostTensor {
    /// `[1, …]` becomes `[…]`.
    pub(crate) fn drop_members_axis(&mut self) {
        self.shape.remove(0);
    }

    pub(crate) fn named(mut self, name: String) -> Self {
        self.name = name;
        self
    }
}
