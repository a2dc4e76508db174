//! How much work a figure is given.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::CatalogError;

/// How much work a figure is given, and so which claims it may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Proves the path in under a minute and claims nothing about the paper.
    Smoke,
    /// Honest science on a two-core laptop in about ten minutes, with at least three seeds.
    Quick,
    /// The paper's scale, meant for a GPU.
    Paper,
}

impl Preset {
    /// All presets, from the cheapest.
    pub const ALL: [Self; 3] = [Self::Smoke, Self::Quick, Self::Paper];

    /// The name used on the command line and in folder names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Paper => "paper",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Preset {
    type Err = CatalogError;

    fn from_str(name: &str) -> Result<Self, CatalogError> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.name() == name)
            .ok_or_else(|| CatalogError::UnknownPreset {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_in_text_and_json() {
        for preset in Preset::ALL {
            assert_eq!(preset.to_string().parse::<Preset>().unwrap(), preset);
            assert_eq!(
                serde_json::to_string(&preset).unwrap(),
                format!("\"{preset}\"")
            );
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "Quick".parse::<Preset>().unwrap_err().to_string();
        assert!(error.contains("`Quick`"), "{error}");
        assert!(error.contains("smoke, quick or paper"), "{error}");
    }
}
