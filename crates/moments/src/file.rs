//! Moments on disk: one safetensors file a layer, written atomically, read back bit for bit.
//!
//! Metadata: `schema_version`, `name`, `samples`, `sample_axis`, `zero_norm` (JSON). Tensors, all `F64`:
//! `weight` `[d_b, d_a]`, and for side `a` and `b`, for samples as they are (`plain`) and at unit norm (`unit`),
//! `a.plain.mean` `[2d]` and `a.plain.scatter` `[2d, 2d]` of the stacked \\((h, g)\\). Moments of several iterates are of
//! version 2: they have `iterates` in the metadata, and the tensors `a.gram` and `b.gram`, `[d, d]`.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use ndarray::{Array1, Array2, ArrayD, IxDyn};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::layer::{Iterates, LayerMoments, SideMoments};
use crate::scatter::Scatter;
use crate::{MomentsError, SampleAxis, ZeroNorm};

/// Version of the files that [`LayerMoments::save`] writes and [`LayerMoments::load`] reads.
pub const SCHEMA_VERSION: u32 = 1;

/// Version of those of several iterates, which a reader of version 1 must not take for one.
const OF_ITERATES: u32 = 2;

const VERSION_KEY: &str = "schema_version";
const ITERATES_KEY: &str = "iterates";

impl LayerMoments {
    /// Writes a safetensors file. It appears under its name only when it is complete: written beside, synced to
    /// the disk, then renamed over whatever was there.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), MomentsError> {
        let path = path.as_ref();
        let bytes = self.encode().map_err(|reason| MomentsError::Format {
            path: path.into(),
            reason,
        })?;
        write_atomically(path, &bytes).map_err(|source| MomentsError::Io {
            path: path.into(),
            source,
        })
    }

    /// Reads what [`save`](Self::save) wrote, and checks all of it: schema version, metadata, types, shapes,
    /// symmetry, and that every number is finite.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or any of the checks fails.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, MomentsError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| MomentsError::Io {
            path: path.into(),
            source,
        })?;
        Self::from_bytes(&bytes, path)
    }

    /// What [`save`](Self::save) writes.
    ///
    /// # Errors
    ///
    /// If an array cannot be written in the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MomentsError> {
        self.encode().map_err(|reason| MomentsError::Format {
            path: self.name.clone().into(),
            reason,
        })
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave, as [`load`](Self::load) does; `path` is for messages.
    ///
    /// # Errors
    ///
    /// If any of the checks fails.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, MomentsError> {
        Reader::new(path, bytes)?.layer()
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        let zero_norm = serde_json::to_string(&self.zero_norm()).map_err(|e| e.to_string())?;
        let version = self
            .iterates
            .as_ref()
            .map_or(SCHEMA_VERSION, |_| OF_ITERATES);
        let mut metadata = HashMap::from([
            (VERSION_KEY.to_owned(), version.to_string()),
            ("name".to_owned(), self.name.clone()),
            ("samples".to_owned(), self.samples().to_string()),
            ("sample_axis".to_owned(), self.sample_axis.name().to_owned()),
            ("zero_norm".to_owned(), zero_norm),
        ]);
        let mut tensors = vec![(
            "weight".to_owned(),
            self.weight.shape().to_vec(),
            little_endian(&self.weight),
        )];
        for (side, moments) in [("a", &self.a), ("b", &self.b)] {
            for (kind, scatter) in [("plain", &moments.plain), ("unit", &moments.unit)] {
                let (mean, matrix) = (&scatter.mean, scatter.whole());
                tensors.push((
                    format!("{side}.{kind}.mean"),
                    mean.shape().to_vec(),
                    little_endian(mean),
                ));
                tensors.push((
                    format!("{side}.{kind}.scatter"),
                    matrix.shape().to_vec(),
                    little_endian(&matrix),
                ));
            }
        }
        if let Some(iterates) = &self.iterates {
            metadata.insert(ITERATES_KEY.to_owned(), iterates.count.to_string());
            for (side, gram) in [("a", &iterates.gram_a), ("b", &iterates.gram_b)] {
                tensors.push((
                    format!("{side}.gram"),
                    gram.shape().to_vec(),
                    little_endian(gram),
                ));
            }
        }
        let views = tensors
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((name, TensorView::new(Dtype::F64, shape.clone(), bytes)?))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|e| e.to_string())?;
        safetensors::serialize(views, Some(metadata)).map_err(|e| e.to_string())
    }
}

fn little_endian<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<u8> {
    values.into_iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // A temporary file is private to its owner; a result is as readable as the umask lets it be.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder
        .prefix(".moments-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    // The rename is durable only once the folder is.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// One file while it is being read.
struct Reader<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
    metadata: HashMap<String, String>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, bytes: &'a [u8]) -> Result<Self, MomentsError> {
        let format = |e: safetensors::SafeTensorError| MomentsError::Format {
            path: path.into(),
            reason: e.to_string(),
        };
        let tensors = SafeTensors::deserialize(bytes).map_err(format)?;
        let metadata = SafeTensors::read_metadata(bytes)
            .map_err(format)?
            .1
            .metadata()
            .clone()
            .unwrap_or_default();
        Ok(Self {
            path,
            tensors,
            metadata,
        })
    }

    fn layer(&self) -> Result<LayerMoments, MomentsError> {
        let version = self
            .metadata
            .get(VERSION_KEY)
            .map_or("missing", String::as_str);
        let of_iterates = version == OF_ITERATES.to_string();
        if version != SCHEMA_VERSION.to_string() && !of_iterates {
            let (path, found) = (self.path.into(), version.to_owned());
            return Err(MomentsError::SchemaVersion {
                path,
                found,
                expected: SCHEMA_VERSION,
            });
        }
        let name = self.entry("name", "the layer's name", |s| Some(s.to_owned()))?;
        let samples = self.entry("samples", "a number of at least 2", |s| {
            s.parse().ok().filter(|n| *n >= 2)
        })?;
        let axis = self.entry(
            "sample_axis",
            "examples, tokens or positions",
            SampleAxis::from_name,
        )?;
        let zero: ZeroNorm = self.entry(
            "zero_norm",
            "counts h_a, h_b, g_a, g_b of at most samples",
            |s| {
                let zero: ZeroNorm = serde_json::from_str(s).ok()?;
                (zero.h_a.max(zero.h_b).max(zero.g_a).max(zero.g_b) <= samples).then_some(zero)
            },
        )?;
        let weight: Array2<f64> = self.tensor("weight", &[None, None])?;
        let (d_b, d_a) = weight.dim();
        let a = self.side("a", d_a, samples, (zero.h_a, zero.g_a))?;
        let b = self.side("b", d_b, samples, (zero.h_b, zero.g_b))?;
        let iterates = of_iterates.then(|| self.iterates(d_a, d_b)).transpose()?;
        Ok(LayerMoments {
            name,
            sample_axis: axis,
            weight,
            a,
            b,
            iterates,
        })
    }

    fn iterates(&self, d_a: usize, d_b: usize) -> Result<Iterates, MomentsError> {
        let count = self.entry(ITERATES_KEY, "a number of at least 2", |s| {
            s.parse().ok().filter(|n| *n >= 2)
        })?;
        let gram = |name: &str, d: usize| -> Result<Array2<f64>, MomentsError> {
            let gram = self.tensor(name, &[Some(d), Some(d)])?;
            self.check_symmetric(name, &gram)?;
            Ok(gram)
        };
        Ok(Iterates {
            count,
            gram_a: gram("a.gram", d_a)?,
            gram_b: gram("b.gram", d_b)?,
        })
    }

    fn check_symmetric(&self, name: &str, matrix: &Array2<f64>) -> Result<(), MomentsError> {
        if matrix == matrix.t() {
            return Ok(());
        }
        Err(self.wrong(name, "not symmetric".into(), "a symmetric matrix".into()))
    }

    fn side(
        &self,
        side: &str,
        d: usize,
        samples: usize,
        zero: (usize, usize),
    ) -> Result<SideMoments, MomentsError> {
        let scatter = |kind: &str| {
            let mean: Array1<f64> = self.tensor(&format!("{side}.{kind}.mean"), &[Some(2 * d)])?;
            let name = format!("{side}.{kind}.scatter");
            let scatter: Array2<f64> = self.tensor(&name, &[Some(2 * d), Some(2 * d)])?;
            self.check_symmetric(&name, &scatter)?;
            Ok(Scatter::of_whole(samples, mean, &scatter.view()))
        };
        Ok(SideMoments {
            plain: scatter("plain")?,
            unit: scatter("unit")?,
            zero_norm_h: zero.0,
            zero_norm_g: zero.1,
        })
    }

    fn entry<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, MomentsError> {
        let text = self.metadata.get(key);
        text.and_then(|text| parse(text))
            .ok_or_else(|| MomentsError::Metadata {
                path: self.path.into(),
                key,
                found: text.map_or_else(|| "missing".into(), |text| format!("{text:?}")),
                expected,
            })
    }

    /// A finite `f64` tensor. `shape` fixes the rank, and an extent where it is given; extents are at least 1.
    fn tensor<D: ndarray::Dimension>(
        &self,
        name: &str,
        shape: &[Option<usize>],
    ) -> Result<ndarray::Array<f64, D>, MomentsError> {
        let fixed = |extent: &Option<usize>| extent.map_or("any".to_owned(), |n| n.to_string());
        let expected = || {
            format!(
                "F64 [{}]",
                shape.iter().map(fixed).collect::<Vec<_>>().join(", ")
            )
        };
        let view = self
            .tensors
            .tensor(name)
            .map_err(|_| self.wrong(name, "missing".into(), expected()))?;
        let fits = view.shape().len() == shape.len()
            && view
                .shape()
                .iter()
                .zip(shape)
                .all(|(n, want)| *n > 0 && want.is_none_or(|want| want == *n));
        if view.dtype() != Dtype::F64 || !fits {
            return Err(self.wrong(
                name,
                format!("{} {:?}", view.dtype(), view.shape()),
                expected(),
            ));
        }
        let values: Vec<f64> = view
            .data()
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&bytes| f64::from_le_bytes(bytes))
            .collect();
        if let Some(at) = values.iter().position(|x| !x.is_finite()) {
            return Err(self.wrong(
                name,
                format!("{} at entry {at}", values[at]),
                "only finite numbers".into(),
            ));
        }
        let array = ArrayD::from_shape_vec(IxDyn(view.shape()), values)
            .and_then(ArrayD::into_dimensionality);
        array.map_err(|e| self.wrong(name, e.to_string(), expected()))
    }

    fn wrong(&self, tensor: &str, found: String, expected: String) -> MomentsError {
        MomentsError::Tensor {
            path: self.path.into(),
            tensor: tensor.to_owned(),
            found,
            expected,
        }
    }
}
