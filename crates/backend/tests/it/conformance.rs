//! Every backend that this machine can run passes the conformance suite.

use formant_backend::{
    Availability, BackendError, BackendName, Check, Job, KernelsAutodiff, NdArray, conformance,
    open, provider,
};

struct Suite;

impl Job for Suite {
    type Output = Vec<Check>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Vec<Check> {
        conformance::<B>(device)
    }
}

fn passes(name: BackendName) {
    all_passed(&open(name).unwrap().run(Suite));
}

fn all_passed(checks: &[Check]) {
    for check in checks {
        assert!(check.passed(), "{check:?}");
    }
}

#[test]
fn flex_conforms() {
    passes(BackendName::Flex);
}

#[test]
fn ndarray_conforms() {
    // By type: this build may have no jobs for it.
    all_passed(&conformance::<NdArray>(&Default::default()));
}

#[test]
fn cuda_conforms_or_says_why_it_cannot() {
    match provider(BackendName::Cuda).availability() {
        Availability::Available { .. } => passes(BackendName::Cuda),
        Availability::Unavailable { reason } => {
            assert!(!reason.is_empty());
            let error = open(BackendName::Cuda).unwrap_err();
            assert!(matches!(
                error,
                BackendError::NotCompiled(_) | BackendError::Unavailable { .. }
            ));
        }
    }
}

#[test]
fn a_failed_check_is_noticed() {
    let check = |error| Check {
        name: "x",
        error,
        tolerance: 1e-3,
    };
    assert!(check(1e-4).passed());
    assert!(!check(1e-2).passed());
    assert!(!check(f64::NAN).passed());
}
