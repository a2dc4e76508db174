//! Statistics over the second moments of a layer: alignments, their null levels, ranks.
//!
//! Everything here takes [`LayerMoments`](formant_moments::LayerMoments) or plain symmetric matrices and gives plain
//! numbers. It knows nothing of models, training or files.
//!
//! | symbol | here |
//! | --- | --- |
//! | \\(\alpha\\), Pearson correlation of matrix entries (FOUND) | [`pearson`], [`alpha`] |
//! | \\(\langle A, B\rangle_F / \lVert A\rVert\lVert B\rVert\\) | [`cosine`] |
//! | the six relations RGA, RWA, GWA on sides a and b (FOUND) | [`Relation`] with [`Side`] |
//! | level of \\(\alpha\\) for unrelated eigenvectors | [`rotation_null`] |
//! | level of \\(\alpha\\) for neurons paired at random | [`permutation_null`] |
//! | exponents of the PAH, Theorem 2 of arXiv 2410.03006 | [`mod@power_law`] |
//! | stationarity and balance, Theorem 1 | [`mod@balance`] |
//! | the rows of the phase table, Table 1 | [`phases`] |
//! | NC1 to NC4, Theorem 3 | [`collapse`] |
//! | AGOP, the neural feature ansatz, Section 6.4 | [`ansatz`] |
//! | CKA, Procrustes distance, RSA | [`similarity`] |
//! | dimensions that networks share (Chen and Bonner 2024) | [`universal_dimensions`] |
//! | axes of the context task (F9 of "When Representations Align") | [`context_axes`] |
//! | metric MDS | [`metric_mds`] |
//! | intervals over seeds | [`uncertainty`] |
//! | rank | [`numerical_rank`], [`ranks_of_eigenvalues`], [`effective_rank`] |
//!
//! A quantity that is not defined (the correlation with a constant matrix, the effective rank of zero) is an error
//! here, and `None` in a [`LayerReport`]; it is never NaN.

pub mod ansatz;
mod axes;
pub mod balance;
pub mod collapse;
mod compare;
mod cross;
mod decompose;
mod embedding;
mod error;
mod haar;
mod measured;
mod null;
pub mod phases;
pub mod power_law;
mod relation;
mod report;
mod rounding;
mod sample_rows;
pub mod similarity;
mod spectrum;
mod statistic;
mod threads;
mod tridiagonal;
pub mod uncertainty;
pub mod universal;

pub use ansatz::{
    AgopAccumulator, FeatureAnsatz, Isotropy, OutputSpace, feature_ansatz, isotropy, square_root,
};
pub use axes::{ContextAxes, context_axes};
pub use balance::{
    AveragedResidual, Balance, BalanceAccumulator, BalanceLevels, Deviations, EQUATIONS, Sgd,
    Stationarity, averaged_residuals, stationarity,
};
pub use collapse::{
    CollapseAccumulator, Equiangularity, NearestClassMean, NeuralCollapse, neural_collapse,
};
pub use compare::{Comparison, cosine, pearson, pearson_offdiagonal};
pub use cross::{CrossAlignment, CrossAlignments, cross_alignment};
pub use embedding::{Mds, MdsOptions, metric_mds};
pub use error::AlignmentError;
pub use formant_moments::{Side, Variant};
pub use measured::{BeyondMoments, MeasuredLayer};
pub use null::{
    LayerNulls, NullLevel, NullOptions, NullThroughWeight, ThroughWeight, calibrated, layer_nulls,
    permutation_mean, permutation_null, relation_nulls, relation_permutation_nulls, rotation_level,
    rotation_null,
};
pub use phases::{PhaseFit, RunnerUp};
pub use power_law::{
    Caution, LayerMatrix, PowerLaw, PowerLawFit, PowerLawOptions, PowerLaws, Projection,
    RefusedPowerLaw, exponent_over_seeds, exponent_over_seeds_bootstrap, fit_power_law, power_law,
    power_laws, project, project_pair,
};
pub use relation::{
    ByMatrix, ByRelation, BySide, ByVariant, Matrix, Relation, RelationTable, SideRelation, alpha,
    relation_table,
};
pub use report::{
    DumpReport, LayerReport, LayerSummary, NEARLY_RANK_ONE, REPORT_SCHEMA_VERSION, ReportOptions,
};
pub use rounding::{LEAST_SAMPLES, ROUNDING, ROUNDING_OF_SAMPLES};
pub use similarity::{
    CompareOptions, JointMoments, LayerComparison, NetworkComparison, PairComparison,
    PermutationTest, RepresentationMeasure, RsaCorrelation, RsaDistance, compare_layers,
    compare_networks, compare_rows, linear_cka, linear_cka_of_moments, linear_cka_unbiased,
    permutation_test, procrustes_angle, procrustes_distance, procrustes_distance_of_moments, rsa,
    rsa_by, spearman,
};
pub use spectrum::{
    RANK_THRESHOLDS, RankAt, RankThreshold, SINGULAR_VALUE_THRESHOLD, effective_rank, eigenvalues,
    numerical_rank, numerical_rank_of_matrix, rank_me, ranks_of_eigenvalues, singular_values,
};
pub use statistic::{
    Description, Invariance, Kind, Range, Reading, Readings, STATISTICS, Statistic, Subject,
    describe, descriptions,
};
pub use threads::Threads;
pub use uncertainty::{
    BootstrapMethod, BootstrapOptions, Interval, Location, MedianInterval, Target,
    bonferroni_widening, bootstrap_interval, bootstrap_interval_of, correlation_interval,
    jackknife_correlation, median_interval, student_interval, student_interval_for,
};
pub use universal::{UniversalDimension, UniversalNetwork, UniversalOptions, universal_dimensions};
