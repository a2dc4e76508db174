//! Vectorised loops over the host memory of flex tensors.
//!
//! `pulp` picks the instruction set at run time. Rust contracts no multiply-add, so the bits are the same on
//! every x86-64 machine.

use burn::tensor::ops::{FloatTensor, FloatTensorOps};
use burn::tensor::{DType, TensorData};
use burn_flex::FlexTensor;
use pulp::Arch;

use super::{Descent, Kernels, NormForm, Window, few, flex_images};

impl Kernels for burn::backend::Flex {
    fn tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if x.dtype() != DType::F32 {
            return <Self as FloatTensorOps<Self>>::float_tanh(x);
        }
        let x = if x.is_contiguous() {
            x
        } else {
            x.to_contiguous()
        };
        let Some(input) = x.as_slice::<f32>() else {
            return <Self as FloatTensorOps<Self>>::float_tanh(x);
        };
        let mut y = vec![0.0; input.len()];
        Arch::new().dispatch(|| {
            for (y, x) in y.iter_mut().zip(input) {
                *y = tanh_f32(*x);
            }
        });
        FlexTensor::from_data(TensorData::new(y, x.layout().shape().clone()))
    }

    fn tanh_backward(y: FloatTensor<Self>, g: FloatTensor<Self>) -> FloatTensor<Self> {
        if y.dtype() != DType::F32 {
            return plain_tanh_backward(y, g);
        }
        let mut g = if g.is_contiguous() {
            g
        } else {
            g.to_contiguous()
        };
        let y = if y.is_contiguous() {
            y
        } else {
            y.to_contiguous()
        };
        let whole = |t: &FlexTensor| t.layout().start_offset() == 0;
        if !(whole(&g) && whole(&y)) {
            return plain_tanh_backward(y, g);
        }
        let count = y.layout().shape().num_elements();
        let output: &[f32] = y.storage();
        let gradient: &mut [f32] = g.storage_mut();
        Arch::new().dispatch(|| {
            for (g, y) in gradient[..count].iter_mut().zip(&output[..count]) {
                *g -= *g * *y * *y;
            }
        });
        g
    }

    fn matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        match (strided(&lhs), strided(&rhs)) {
            (Some(a), Some(b)) if a.dims[0] == b.dims[0] && a.dims[2] == b.dims[1] => {
                few_rows(&a, &b).unwrap_or_else(|| product(a, b))
            }
            _ => <Self as FloatTensorOps<Self>>::float_matmul(lhs, rhs),
        }
    }

    fn descend(
        weight: FloatTensor<Self>,
        h_a: FloatTensor<Self>,
        g_b: FloatTensor<Self>,
        steps: &[Descent],
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let whole = |x: &FlexTensor| {
            x.dtype() == DType::F32 && x.is_contiguous() && x.layout().start_offset() == 0
        };
        let samples = h_a.layout().shape()[1];
        if ![&weight, &h_a, &g_b].into_iter().all(whole) || !(1..=few::FEW).contains(&samples) {
            return super::descend::plain::<Self>(weight, h_a, g_b, steps);
        }
        descend_few(weight, &h_a, &g_b, steps)
    }

    fn unfold(x: FloatTensor<Self>, window: usize) -> FloatTensor<Self> {
        windows(&x, window).unwrap_or_else(|| super::unfold::plain::<Self>(x, window))
    }

    fn fold(windows: FloatTensor<Self>, window: usize) -> FloatTensor<Self> {
        add_windows(&windows, window)
            .unwrap_or_else(|| super::unfold::plain_fold::<Self>(windows, window))
    }

    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        let [x, weight] = [x, weight].map(dense);
        flex_images::conv2d(&x, &weight, window)
            .unwrap_or_else(|| super::images::plain::<Self>(x, weight, window))
    }

    fn convolve_backward(
        tensors: [FloatTensor<Self>; 3],
        window: Window,
        want_x: bool,
    ) -> (FloatTensor<Self>, Option<FloatTensor<Self>>) {
        let tensors = tensors.map(dense);
        flex_images::conv2d_backward(tensors.each_ref(), window, want_x)
            .unwrap_or_else(|| super::images::plain_backward::<Self>(tensors, window, want_x))
    }

    fn patches(x: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        let x = dense(x);
        flex_images::patches(&x, window)
            .unwrap_or_else(|| super::images::plain_patches::<Self>(x, window))
    }

    fn add_patches(
        patches: FloatTensor<Self>,
        window: Window,
        sides: [usize; 2],
    ) -> FloatTensor<Self> {
        let patches = dense(patches);
        flex_images::add_patches(&patches, window, sides)
            .unwrap_or_else(|| super::images::plain_add_patches::<Self>(patches, window, sides))
    }

    fn batch_norm(
        x: FloatTensor<Self>,
        scale_and_shift: [FloatTensor<Self>; 2],
        shortcut: Option<FloatTensor<Self>>,
        form: NormForm,
    ) -> [FloatTensor<Self>; 3] {
        let (x, scale_and_shift) = (dense(x), scale_and_shift.map(dense));
        let shortcut = shortcut.map(dense);
        flex_images::batch_norm(&x, scale_and_shift.each_ref(), shortcut.as_ref(), form)
            .unwrap_or_else(|| super::norm::plain::<Self>(x, scale_and_shift, shortcut, form))
    }

    fn batch_norm_backward(
        tensors: [FloatTensor<Self>; 6],
        form: NormForm,
    ) -> [FloatTensor<Self>; 4] {
        let [x, y, mut g, scale, mean, variance] = tensors.map(dense);
        let others = [&x, &y, &scale, &mean, &variance];
        match flex_images::batch_norm_backward(others, &mut g, form) {
            Some([g_x, g_scale, g_shift]) => [g_x, g, g_scale, g_shift],
            None => super::norm::plain_backward::<Self>([x, y, g, scale, mean, variance], form),
        }
    }
}

/// The tensor with its entries in order.
fn dense(x: FlexTensor) -> FlexTensor {
    if x.is_contiguous() {
        x
    } else {
        x.to_contiguous()
    }
}

/// Entries of a tensor `[members, rows, columns]`, from its first one.
struct Strided<'a> {
    entries: &'a [f32],
    dims: [usize; 3],
    strides: [isize; 3],
}

/// A view of a tensor of rank 3 in single precision whose strides are not negative; `None` for any other.
fn strided(x: &FlexTensor) -> Option<Strided<'_>> {
    let layout = x.layout();
    let dims: [usize; 3] = layout.shape().to_vec().try_into().ok()?;
    let strides: [isize; 3] = layout.strides().to_vec().try_into().ok()?;
    if x.dtype() != DType::F32 || strides.iter().any(|s| *s < 0) || dims.contains(&0) {
        return None;
    }
    let entries = x.storage::<f32>().get(layout.start_offset()..)?;
    let last: usize = dims
        .iter()
        .zip(strides)
        .map(|(d, s)| (d - 1) * s as usize)
        .sum();
    (last < entries.len()).then_some(Strided {
        entries,
        dims,
        strides,
    })
}

/// The product for few rows of `a` and a `b` that lies row by row; `None` for any other.
fn few_rows(a: &Strided<'_>, b: &Strided<'_>) -> Option<FlexTensor> {
    let ([members, n, k], p) = (a.dims, b.dims[2]);
    let by_rows = |x: &Strided<'_>| {
        let [_, rows, columns] = x.dims;
        x.strides == [(rows * columns) as isize, columns as isize, 1]
    };
    // Narrow weights are left to the general product: there is nothing to read in order.
    if n > few::FEW || p < 16 || !by_rows(a) || !by_rows(b) {
        return None;
    }
    let mut out = vec![0.0; members * n * p];
    for (member, out) in out.chunks_exact_mut(n * p).enumerate() {
        let a = &a.entries[member * n * k..(member + 1) * n * k];
        let b = &b.entries[member * k * p..(member + 1) * k * p];
        few::product(a, b, p, out);
    }
    Some(FlexTensor::from_data(TensorData::new(out, [members, n, p])))
}

/// [`Kernels::descend`] for few samples, in the weight's own memory if nobody else holds it.
fn descend_few(
    mut weight: FlexTensor,
    h_a: &FlexTensor,
    g_b: &FlexTensor,
    steps: &[Descent],
) -> (FlexTensor, FlexTensor) {
    let [members, n, k] = [0, 1, 2].map(|axis| h_a.layout().shape()[axis]);
    let p = g_b.layout().shape()[2];
    let (inputs, gradients): (&[f32], &[f32]) = (h_a.storage(), g_b.storage());
    let mut g_a = vec![0.0; members * n * k];
    let weights: &mut [f32] = weight.storage_mut();
    for (member, step) in steps.iter().enumerate() {
        few::descend(
            &mut weights[member * k * p..(member + 1) * k * p],
            [
                &inputs[member * n * k..(member + 1) * n * k],
                &gradients[member * n * p..(member + 1) * n * p],
            ],
            &mut g_a[member * n * k..(member + 1) * n * k],
            p,
            *step,
        );
    }
    let g_a = FlexTensor::from_data(TensorData::new(g_a, [members, n, k]));
    (weight, g_a)
}

/// Entries of a tensor of rank `D` in single precision that lies in order, and its dimensions.
pub(super) fn in_order<const D: usize>(x: &FlexTensor) -> Option<(&[f32], [usize; D])> {
    let dims: [usize; D] = x.layout().shape().to_vec().try_into().ok()?;
    let start = x.layout().start_offset();
    let fits = x.dtype() == DType::F32 && x.is_contiguous();
    let entries = fits.then(|| x.storage::<f32>())?;
    let count = dims.iter().product::<usize>();
    Some((entries.get(start..start + count)?, dims))
}

/// [`Kernels::unfold`]: neighbouring positions lie side by side, so that a window is one piece of memory.
fn windows(x: &FlexTensor, window: usize) -> Option<FlexTensor> {
    let (entries, [members, samples, length, channels]) = in_order(x)?;
    let positions = length + 1 - window;
    let width = window * channels;
    let mut out = Vec::with_capacity(members * samples * positions * width);
    for sequence in entries.chunks_exact(length * channels) {
        for position in 0..positions {
            let start = position * channels;
            out.extend_from_slice(&sequence[start..start + width]);
        }
    }
    let shape = [members, samples, positions, width];
    Some(FlexTensor::from_data(TensorData::new(out, shape)))
}

/// [`Kernels::fold`].
fn add_windows(x: &FlexTensor, window: usize) -> Option<FlexTensor> {
    let (entries, [members, samples, positions, width]) = in_order(x)?;
    let (channels, length) = (width / window, positions + window - 1);
    let mut out = vec![0.0_f32; members * samples * length * channels];
    let sequences = out.chunks_exact_mut(length * channels);
    for (sequence, windows) in sequences.zip(entries.chunks_exact(positions * width)) {
        for (position, part) in windows.chunks_exact(width).enumerate() {
            let start = position * channels;
            for (sum, entry) in sequence[start..start + width].iter_mut().zip(part) {
                *sum += entry;
            }
        }
    }
    let shape = [members, samples, length, channels];
    Some(FlexTensor::from_data(TensorData::new(out, shape)))
}

/// Multiplications from which a product may spread over the threads of the pool that it runs in.
const PARALLEL_FROM: usize = 192 * 192 * 192;

/// The product of `[members, n, k]` and `[members, k, p]` into fresh memory that is written once.
#[allow(unsafe_code)] // the product is called by pointers
fn product(a: Strided<'_>, b: Strided<'_>) -> FlexTensor {
    let ([members, n, k], p) = (a.dims, b.dims[2]);
    let parallelism = match n * k * p >= PARALLEL_FROM {
        true => gemm::Parallelism::Rayon(0),
        false => gemm::Parallelism::None,
    };
    let count = members * n * p;
    let mut out: Vec<f32> = Vec::with_capacity(count);
    for member in 0..members {
        // SAFETY: `strided` checked that the last entry of each factor is inside its slice, `out` has room for
        // `members` matrices of n x p, and the product writes every entry without reading any (`read_dst` false).
        unsafe {
            gemm::gemm(
                n,
                p,
                k,
                out.as_mut_ptr().add(member * n * p),
                1,
                p as isize,
                false,
                a.entries.as_ptr().offset(member as isize * a.strides[0]),
                a.strides[2],
                a.strides[1],
                b.entries.as_ptr().offset(member as isize * b.strides[0]),
                b.strides[2],
                b.strides[1],
                0.0,
                1.0,
                false,
                false,
                false,
                parallelism,
            );
        }
    }
    // SAFETY: all `count` entries were written above.
    unsafe { out.set_len(count) };
    FlexTensor::from_data(TensorData::new(out, [members, n, p]))
}

/// The default of [`Kernels::tanh_backward`], for layouts and types that the loop does not cover.
fn plain_tanh_backward(y: FlexTensor, g: FlexTensor) -> FlexTensor {
    type B = burn::backend::Flex;
    let g_y = <B as FloatTensorOps<B>>::float_mul(g.clone(), y.clone());
    <B as FloatTensorOps<B>>::float_sub(g, <B as FloatTensorOps<B>>::float_mul(g_y, y))
}

/// Where the rational function below reaches 1 to the last bit.
const SATURATION: f32 = 7.905_311;

/// \\(\tanh x\\) as an odd polynomial of degree 13 over an even one of degree 6: the minimax fit that Eigen
/// uses (`ptanh`), within 4 units in the last place. Branch-free, so that it vectorises. NaN stays NaN.
#[inline(always)]
#[allow(clippy::excessive_precision)] // the published coefficients
fn tanh_f32(x: f32) -> f32 {
    // `min(max(..))` in this order would turn NaN into a number; clamp keeps it.
    let x = x.clamp(-SATURATION, SATURATION);
    let s = x * x;
    let mut p = -2.760_768_477_423_55e-16_f32;
    for a in [
        2.000_187_904_824_77e-13,
        -8.604_671_522_137_35e-11,
        5.122_297_090_371_14e-8,
        1.485_722_357_179_79e-5,
        6.372_619_288_754_36e-4,
        4.893_524_558_917_86e-3,
    ] {
        p = p * s + a;
    }
    let mut q = 1.198_258_394_667_02e-6_f32;
    for b in [
        1.185_347_056_866_54e-4,
        2.268_434_632_439_00e-3,
        4.893_525_185_543_85e-3,
    ] {
        q = q * s + b;
    }
    x * p / q
}
