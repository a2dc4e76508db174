//! From the arrays of a container to the layers that they make up, and what does not fit.

use std::collections::HashMap;
use std::sync::Arc;

use super::names::{self, Role};
use super::npz::Found;
use super::stored::{Container, Stored};
use super::{DumpError, DumpedLayer, LayerDump};

/// Puts arrays together by layer, in order of appearance.
pub(crate) fn gather(container: &Arc<Container>, found: Vec<Found>) -> Vec<DumpedLayer> {
    let (mut layers, mut places) = (Vec::<Parts>::new(), HashMap::new());
    for (array, stored) in found {
        let layer = names::layer(&array);
        let at = *places.entry(layer.to_owned()).or_insert_with(|| {
            layers.push(Parts {
                name: layer.to_owned(),
                arrays: Vec::new(),
                refused: None,
            });
            layers.len() - 1
        });
        layers[at].insert(container, array, stored);
    }
    let finished = layers.into_iter().map(|parts| DumpedLayer {
        name: parts.name.clone(),
        layer: parts.finish(container),
    });
    finished.collect()
}

/// The arrays of one layer.
struct Parts {
    name: String,
    arrays: Vec<(Role, Stored)>,
    /// What was wrong first.
    refused: Option<DumpError>,
}

impl Parts {
    fn insert(&mut self, container: &Container, array: String, stored: Result<Stored, DumpError>) {
        let path = || container.path.clone();
        let place = names::parse(&array).map(|(_, role)| role);
        let error = match (place, stored) {
            (None, _) => DumpError::UnknownArray {
                path: path(),
                array,
            },
            (Some(role), _) if self.arrays.iter().any(|(there, _)| *there == role) => {
                DumpError::DuplicateArray {
                    path: path(),
                    array,
                }
            }
            (Some(_), Err(error)) => error,
            (Some(role), Ok(stored)) => {
                let float = stored.number.is_float() || role == Role::Labels;
                let found = stored.number.descr().to_owned();
                self.arrays.push((role, stored));
                if float {
                    return;
                }
                DumpError::Dtype {
                    path: path(),
                    array,
                    found,
                    expected: role.types(),
                }
            }
        };
        self.refused.get_or_insert(error);
    }

    fn array(&self, role: Role) -> String {
        format!("{}/{}", self.name, role.name())
    }

    fn take(&mut self, role: Role) -> Option<Stored> {
        let at = self.arrays.iter().position(|(there, _)| *there == role)?;
        Some(self.arrays.swap_remove(at).1)
    }

    fn need(&mut self, container: &Container, role: Role) -> Result<Stored, DumpError> {
        self.take(role).ok_or_else(|| DumpError::MissingArray {
            path: container.path.clone(),
            array: self.array(role),
        })
    }

    fn finish(mut self, container: &Arc<Container>) -> Result<LayerDump, DumpError> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        let (h_a, g_b) = (
            self.need(container, Role::HA)?,
            self.need(container, Role::GB)?,
        );
        let layer = LayerDump {
            weight: self.need(container, Role::Weight)?,
            h_b: self.take(Role::HB),
            g_a: self.take(Role::GA),
            labels: self.take(Role::Labels),
            container: Arc::clone(container),
            name: self.name,
            h_a,
            g_b,
        };
        layer.check_shapes()?;
        Ok(layer)
    }
}

impl LayerDump {
    fn check_shapes(&self) -> Result<(), DumpError> {
        let matrices = [
            (&self.h_a, "2 axes, [samples, neurons]"),
            (&self.g_b, "2 axes, [samples, neurons]"),
            (&self.weight, "2 axes, [d_b, d_a]"),
        ];
        for (stored, expected) in matrices {
            if stored.shape.len() != 2 {
                return Err(self.misfit(stored, expected.to_owned()));
            }
        }
        let (d_b, d_a, n) = (self.d_b(), self.d_a(), self.samples());
        if d_a == 0 || d_b == 0 {
            let expected = "[d_b, d_a] with at least one neuron on both sides".to_owned();
            return Err(self.misfit(&self.weight, expected));
        }
        let (h_width, g_width) = (self.h_a.shape[1], self.g_b.shape[1]);
        if d_a != d_b && (h_width, g_width) == (d_b, d_a) {
            return Err(DumpError::Transposed {
                path: self.container.path.clone(),
                array: self.weight.name.clone(),
                found: self.weight.shape.clone(),
                expected: vec![g_width, h_width],
            });
        }
        let rows = [
            (Some(&self.h_a), d_a),
            (Some(&self.g_b), d_b),
            (self.h_b.as_ref(), d_b),
            (self.g_a.as_ref(), d_a),
        ];
        for (stored, d) in rows {
            if let Some(stored) = stored.filter(|stored| stored.shape != [n, d]) {
                let h_a = &self.h_a.name;
                let expected = format!(
                    "[{n}, {d}] to fit {} and the weight [{d_b}, {d_a}]",
                    crate::printable(h_a, 30)
                );
                return Err(self.misfit(stored, expected));
            }
        }
        if n < 2 {
            return Err(DumpError::TooFewSamples {
                path: self.container.path.clone(),
                array: self.h_a.name.clone(),
                found: n,
            });
        }
        self.check_labels()
    }

    fn check_labels(&self) -> Result<(), DumpError> {
        let (n, labels) = (self.samples(), self.labels.as_ref());
        let fits = |shape: &[usize]| match *shape {
            [rows] => rows == n,
            [rows, classes] => rows == n && classes > 1, // one-hot
            _ => false,
        };
        match labels.filter(|labels| !fits(&labels.shape)) {
            Some(labels) => {
                let h_a = crate::printable(&self.h_a.name, 30);
                let expected =
                    format!("[{n}], one label for each row of {h_a}, or one-hot [{n}, C]");
                Err(self.misfit(labels, expected))
            }
            None => Ok(()),
        }
    }

    fn misfit(&self, stored: &Stored, expected: String) -> DumpError {
        DumpError::Shape {
            path: self.container.path.clone(),
            array: stored.name.clone(),
            found: stored.shape.clone(),
            expected,
        }
    }
}
