//! Tables to plots, claims and reports.
