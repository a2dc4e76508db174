//! The phase of a layer in JSON, and why it may have no row.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::phases::{RunnerUp, SAMPLES_PER_DIRECTION, TOLERANCE};
use crate::{AlignmentError, PhaseFit};

/// Why no row was given: the layer is refused, has too few samples for one, or is near none. `None` if there is one.
pub(super) fn reason(
    fit: &Result<PhaseFit, AlignmentError>,
    samples: usize,
    directions: usize,
) -> Option<String> {
    let fit = match fit {
        Ok(fit) if fit.row.is_none() => fit,
        Ok(_) => return None,
        Err(error) => return Some(error.to_string()),
    };
    let needed = SAMPLES_PER_DIRECTION * directions;
    Some(if samples < needed {
        format!(
            "too few samples: {samples} for {directions} directions of the weight; relations between two sampled \
             moments show from about {needed} on"
        )
    } else {
        let distance = fit.distance;
        format!("the nearest row is {distance:.2} nats away, more than {TOLERANCE}")
    })
}

/// The three fields, each of which may be null.
#[derive(Serialize, Deserialize)]
struct Fields {
    row: Option<usize>,
    distance: Option<f64>,
    runner_up: Option<RunnerUp>,
}

/// Always an object.
pub(super) fn serialize<S: Serializer>(
    fit: &Option<PhaseFit>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Fields {
        row: fit.and_then(|fit| fit.row),
        distance: fit.map(|fit| fit.distance),
        runner_up: fit.map(|fit| fit.runner_up),
    }
    .serialize(serializer)
}

/// Of the object, or of the null that earlier versions wrote.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PhaseFit>, D::Error> {
    let fields = Option::<Fields>::deserialize(deserializer)?;
    Ok(fields.and_then(|fields| {
        Some(PhaseFit {
            row: fields.row,
            distance: fields.distance?,
            runner_up: fields.runner_up?,
        })
    }))
}
