//! What is measured of a network at one step: the lines of `events.jsonl`.

use formant_alignment::{FeatureAnsatz, LayerReport, Matrix, matrix_alpha};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
