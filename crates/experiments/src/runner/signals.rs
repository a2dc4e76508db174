//! What a run says when it is interrupted. Whatever it leaves half done, the next process completes, as after a kill.

use super::context::Context;

/// From now on SIGINT and SIGTERM end this process with a line that says how to go on, and the exit code of a shell's
/// child that the signal killed.
#[cfg(unix)]
pub fn say_that_it_resumes(context: &Context) {
    use std::sync::Once;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    static ONCE: Once = Once::new();
    let line = line(context);
    ONCE.call_once(|| {
        // Without a handler or a thread for it a signal kills the process silently, and nothing else is lost.
        if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) {
            let wait = move || {
                if let Some(signal) = signals.forever().next() {
                    super::progress::interrupted(&line);
                    signal_hook::low_level::exit(128 + signal);
                }
            };
            let _ = std::thread::Builder::new().spawn(wait);
        }
    });
}

/// Other systems end the process silently.
#[cfg(not(unix))]
pub fn say_that_it_resumes(_: &Context) {}

#[cfg(unix)]
fn line(context: &Context) -> String {
    let how = match context.cells {
        super::CellPolicy::Reuse => "the same command resumes it",
        super::CellPolicy::Redo => "the same command without --force resumes it",
    };
    let cells = context.out.join("cells");
    let kept = "finished cells and checkpoints are kept in";
    formant_text::message(&format!("interrupted: {how}; {kept} {}", cells.display()))
}
