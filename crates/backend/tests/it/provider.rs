//! Names of backends, and what is said of those that are not there.

use formant_backend::BackendName;
#[cfg(not(feature = "cuda"))]
use formant_backend::{Availability, provider};

#[test]
fn names_round_trip() {
    for name in BackendName::ALL {
        assert_eq!(name.to_string().parse::<BackendName>().unwrap(), name);
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let message = "mps".parse::<BackendName>().unwrap_err().to_string();
    for name in BackendName::ALL {
        assert!(message.contains(&name.to_string()), "{message}");
    }
    assert!(message.contains("mps"), "{message}");
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_backend_left_out_says_how_to_get_it() {
    let Availability::Unavailable { reason } = provider(BackendName::Cuda).availability() else {
        panic!("cuda is not compiled in");
    };
    assert!(reason.contains("--features cuda"), "{reason}");
}
