//! Names of backends, and what is said of those that are not there.

use formant_backend::{Availability, BackendName, provider};

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

#[test]
fn a_backend_left_out_says_how_to_get_it() {
    for name in BackendName::ALL {
        if provider(name).capabilities().is_none() {
            let Availability::Unavailable { reason } = provider(name).availability() else {
                panic!("{name} is not compiled in");
            };
            assert!(reason.contains(&format!("--features {name}")), "{reason}");
        }
    }
}
