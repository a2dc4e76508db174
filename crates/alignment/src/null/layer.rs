//! The rotation nulls of a whole layer, which share their rotations.

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::closed::level;
use super::rotated::{Job, Still, Turned, sample};
use super::{DRAWN_WIDTH, NullLevel, NullOptions};
use crate::cross::symmetric_crosses;
use crate::relation::SideMatrices;
use crate::spectrum::{ones_measure, weight_spectrum};
use crate::{AlignmentError, ByRelation, BySide, ByVariant, Matrix, Relation, Threads};

/// The null of each relation in each variant, and that of each side's cross moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerNulls {
    /// Of the six relations. The matrix that a relation names first stands still, the second one is turned.
    pub relations: ByRelation<ByVariant<NullLevel>>,
    /// Of \\(\alpha(C_c + C_c^\top, Z_c)\\): \\(Z_c\\) is turned.
    pub cross: BySide<ByVariant<NullLevel>>,
}

/// The nulls of a layer's six relations and of its cross moments against the weight, in all variants, with one set of
/// rotations. On a side of more than 512 neurons they are [`rotation_level`](crate::rotation_level)s and not drawn,
/// except those of the normalized relations if `options.draws` says how many rotations. A correlation that is undefined
/// has none.
///
/// # Errors
///
/// If there are fewer than 2 draws, or a decomposition does not converge.
pub fn layer_nulls(
    layer: &LayerMoments,
    options: NullOptions,
) -> Result<LayerNulls, AlignmentError> {
    nulls_in(layer, &Variant::ALL, options)
}

/// The null of each of a layer's six relations, for [`Variant::Normalized`], the paper's choice. The matrix that a
/// relation names first stands still, the second one is turned. A relation whose correlation is undefined has none.
///
/// # Errors
///
/// If there are fewer than 2 draws, or a decomposition does not converge.
pub fn relation_nulls(
    layer: &LayerMoments,
    options: NullOptions,
) -> Result<ByRelation<NullLevel>, AlignmentError> {
    let nulls = nulls_in(layer, &[Variant::Normalized], options)?;
    Ok(ByRelation::from_fn(|side, relation| {
        nulls.relations.get(side, relation).normalized
    }))
}

fn nulls_in(
    layer: &LayerMoments,
    variants: &[Variant],
    options: NullOptions,
) -> Result<LayerNulls, AlignmentError> {
    let weight = weight_spectrum(layer)?;
    let formed = Side::ALL.map(|side| {
        let matrices = SideMatrices::new(layer, side);
        // The cross moment is one of those that `relation_nulls` does without.
        let all = variants.len() > 1;
        let crosses = all.then(|| symmetric_crosses(layer, side, &matrices));
        (matrices, crosses)
    });
    let sides = formed
        .each_ref()
        .map(|(matrices, crosses)| SideMatricesOfNulls {
            matrices,
            crosses: crosses.as_ref(),
        });
    let spectra = LayerSpectra::new(&sides, &weight, options, Threads::One)?;
    Ok(nulls_of_spectra(&[&spectra], options, Threads::One)?
        .pop()
        .unwrap_or_default())
}

/// The matrices of one side that have nulls; without crosses only the normalized relations have.
#[derive(Clone, Copy)]
pub(crate) struct SideMatricesOfNulls<'a> {
    pub(crate) matrices: &'a SideMatrices,
    pub(crate) crosses: Option<&'a ByVariant<Array2<f64>>>,
}

/// What the nulls of one layer need: side a, side b.
pub(crate) struct LayerSpectra {
    sides: [SideSpectra; 2],
    /// Those that are not drawn.
    known: LayerNulls,
}

impl LayerSpectra {
    /// Side a and side b; `weight`: the eigenvalues of \\(Z\\).
    pub(crate) fn new(
        sides: &[SideMatricesOfNulls<'_>; 2],
        weight: &[f64],
        options: NullOptions,
        threads: Threads,
    ) -> Result<Self, AlignmentError> {
        let drawn = sides.each_ref().map(|side| side.drawn(options));
        let both: Vec<_> = sides.iter().zip(&drawn).collect();
        let spectra = threads.map(&both, |(side, drawn)| {
            SideSpectra::new(side, weight, drawn, threads)
        });
        let mut spectra = spectra.into_iter();
        let sides_and_weight = (spectra.next(), spectra.next());
        let (Some(a), Some(b)) = sides_and_weight else {
            return Err(AlignmentError::TooFewEntries {
                found: 0,
                needed: 2,
            });
        };
        let mut known = LayerNulls::default();
        for (side, (of, drawn)) in Side::ALL.into_iter().zip(both) {
            of.closed_forms(side, drawn, &mut known);
        }
        let sides = [a?, b?];
        Ok(Self { sides, known })
    }
}

impl SideMatricesOfNulls<'_> {
    fn width(&self) -> usize {
        self.matrices.get(Matrix::Z, Variant::Raw).nrows()
    }

    /// The variants whose nulls are drawn.
    fn drawn(&self, options: NullOptions) -> Vec<Variant> {
        let wide = self.width() > DRAWN_WIDTH;
        match (self.crosses, options.draws) {
            (Some(_), None) if wide => Vec::new(),
            (Some(_), _) if !wide => Variant::ALL.to_vec(),
            _ => vec![Variant::Normalized],
        }
    }

    /// The nulls that are not drawn; none where the normalized relations are all that is requested.
    fn closed_forms(&self, side: Side, drawn: &[Variant], nulls: &mut LayerNulls) {
        let Some(crosses) = self.crosses.filter(|_| self.width() > DRAWN_WIDTH) else {
            return;
        };
        let level = |a, b| level(a, b).unwrap_or_default();
        let z = self.matrices.get(Matrix::Z, Variant::Raw);
        for variant in Variant::ALL {
            let cross = nulls.cross.get_mut(side).get_mut(variant);
            *cross = level(crosses.get(variant).view(), z);
            if drawn.contains(&variant) {
                continue;
            }
            for relation in Relation::ALL {
                let [a, b] = relation
                    .matrices()
                    .map(|matrix| self.matrices.get(matrix, variant));
                *nulls.relations.get_mut(side, relation).get_mut(variant) = level(a, b);
            }
        }
    }
}

/// What the nulls of one side need; `None` where a matrix has no defined correlation, or its null is not drawn.
struct SideSpectra {
    d: usize,
    variants: ByVariant<VariantSpectra>,
    z: Option<Turned>,
}

#[derive(Default)]
struct VariantSpectra {
    h: Option<Still>,
    g_still: Option<Still>,
    g_turned: Option<Turned>,
    cross: Option<Still>,
}

/// What a null is of: a relation, or the cross moment and \\(Z\\).
type Target = Option<Relation>;

impl SideSpectra {
    fn new(
        side: &SideMatricesOfNulls<'_>,
        weight: &[f64],
        drawn: &[Variant],
        threads: Threads,
    ) -> Result<Self, AlignmentError> {
        let d = side.width();
        let crosses = side.crosses.filter(|_| d <= DRAWN_WIDTH);
        let matrices: Vec<_> = drawn
            .iter()
            .flat_map(|variant| {
                let of = |matrix| side.matrices.get(matrix, *variant);
                let cross = crosses.map(|crosses| crosses.get(*variant).view());
                [Some(of(Matrix::H)), Some(of(Matrix::G)), cross]
            })
            .collect();
        let measured = threads.map(&matrices, |matrix| matrix.map(ones_measure).transpose());
        let mut measured = measured.into_iter();
        let mut variants = ByVariant::<VariantSpectra>::default();
        for &variant in drawn {
            let mut next = || measured.next().transpose().map(Option::flatten);
            let (h, g, cross) = (next()?, next()?, next()?);
            let still = |measure: &Option<_>, matrix| {
                let measure = measure.as_ref()?;
                Still::new(measure, matrix).ok()
            };
            let of = |matrix| side.matrices.get(matrix, variant);
            *variants.get_mut(variant) = VariantSpectra {
                h: still(&h, of(Matrix::H)),
                g_still: still(&g, of(Matrix::G)),
                g_turned: g.and_then(|g| Turned::new(&g.values).ok()),
                cross: crosses.and_then(|all| still(&cross, all.get(variant).view())),
            };
        }
        Ok(Self {
            d,
            variants,
            z: Turned::new(weight).ok(),
        })
    }

    fn pair(&self, target: Target, variant: Variant) -> Option<(&Still, &Turned)> {
        let of = self.variants.get(variant);
        match target {
            Some(Relation::Rga) => of.h.as_ref().zip(of.g_turned.as_ref()),
            Some(Relation::Rwa) => of.h.as_ref().zip(self.z.as_ref()),
            Some(Relation::Gwa) => of.g_still.as_ref().zip(self.z.as_ref()),
            None => of.cross.as_ref().zip(self.z.as_ref()),
        }
    }
}

/// Where a null belongs.
type Place = (Side, Target, Variant);

/// The nulls of several layers. Sides of one width share the rotations, within a layer and between layers.
pub(crate) fn nulls_of_spectra(
    layers: &[&LayerSpectra],
    options: NullOptions,
    threads: Threads,
) -> Result<Vec<LayerNulls>, AlignmentError> {
    let (mut jobs, mut places) = (Vec::new(), Vec::new());
    for (index, LayerSpectra { sides, .. }) in layers.iter().enumerate() {
        let named: Vec<_> = Side::ALL.into_iter().zip(sides).collect();
        // The two sides of a square layer are one job, because they have the spectrum of the weight in common.
        let square = sides.windows(2).all(|sides| sides[0].d == sides[1].d);
        for sides in named.chunks(if square { 2 } else { 1 }) {
            let (job, of_job) = job(sides);
            places.push((index, of_job));
            jobs.push(job);
        }
    }
    let mut nulls: Vec<_> = layers.iter().map(|layer| layer.known).collect();
    for ((layer, of_job), samples) in places.into_iter().zip(sample(&jobs, options, threads)?) {
        for ((side, target, variant), values) in of_job.into_iter().zip(samples) {
            let of_layer = &mut nulls[layer];
            let levels = match target {
                Some(relation) => of_layer.relations.get_mut(side, relation),
                None => of_layer.cross.get_mut(side),
            };
            *levels.get_mut(variant) = NullLevel::of(values);
        }
    }
    Ok(nulls)
}

/// The defined correlations of some sides of one width, and which they are, in the order of the job's pairs.
fn job(sides: &[(Side, &SideSpectra)]) -> (Job, Vec<Place>) {
    let (mut job, mut places) = (Job::default(), Vec::new());
    let targets = Relation::ALL.map(Some).into_iter().chain([None]);
    let wanted: Vec<_> = targets
        .flat_map(|target| Variant::ALL.map(|variant| (target, variant)))
        .collect();
    for &(side, spectra) in sides {
        job.d = spectra.d;
        for &(target, variant) in &wanted {
            if let Some((a, b)) = spectra.pair(target, variant) {
                let pair = (place(&mut job.still, a), place(&mut job.turned, b));
                job.pairs.push(pair);
                places.push((side, target, variant));
            }
        }
    }
    (job, places)
}

/// The index of a spectrum in a list, where it is put if it is not there yet.
fn place<T: Clone + PartialEq>(list: &mut Vec<T>, item: &T) -> usize {
    list.iter()
        .position(|there| there == item)
        .unwrap_or_else(|| {
            list.push(item.clone());
            list.len() - 1
        })
}
