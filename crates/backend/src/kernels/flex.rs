//! Vectorised loops over the host memory of flex tensors.
//!
//! `pulp` picks the instruction set at run time. Rust contracts no multiply-add, so the bits are the same on
//! every x86-64 machine.

use burn::tensor::DType;
use burn::tensor::ops::FloatTensor;
use burn_flex::FlexTensor;
use pulp::Arch;

use super::Kernels;

impl Kernels for burn::backend::Flex {
    fn tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if x.dtype() != DType::F32 {
            return <Self as burn::tensor::ops::FloatTensorOps<Self>>::float_tanh(x);
        }
        let x = if x.is_contiguous() {
            x
        } else {
            x.to_contiguous()
        };
        let Some(input) = x.as_slice::<f32>() else {
            return <Self as burn::tensor::ops::FloatTensorOps<Self>>::float_tanh(x);
        };
        let mut y = FlexTensor::empty(x.layout().shape().clone(), DType::F32);
        let output: &mut [f32] = y.storage_mut();
        Arch::new().dispatch(|| {
            for (y, x) in output.iter_mut().zip(input) {
                *y = tanh_f32(*x);
            }
        });
        y
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
}

/// The default of [`Kernels::tanh_backward`], for layouts and types that the loop does not cover.
fn plain_tanh_backward(y: FlexTensor, g: FlexTensor) -> FlexTensor {
    use burn::tensor::ops::FloatTensorOps;
    type B = burn::backend::Flex;
    let g_y = <B as FloatTensorOps<B>>::float_mul(g.clone(), y.clone());
    <B as FloatTensorOps<B>>::float_sub(g, <B as FloatTensorOps<B>>::float_mul(g_y, y))
}

/// Where the rational function below reaches 1 to the last bit.
const SATURATION: f32 = 7.905_311;

/// $\tanh x$ as an odd polynomial of degree 13 over an even one of degree 6: the minimax fit that Eigen
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_is_within_a_few_units_in_the_last_place() {
        let mut worst = 0.0_f64;
        for i in -200_000..=200_000_i32 {
            let x = i as f32 * 5e-5;
            let exact = f64::from(x).tanh();
            let error = (f64::from(tanh_f32(x)) - exact).abs();
            worst = worst.max(error / exact.abs().max(1e-30) / f64::from(f32::EPSILON));
        }
        assert!(worst < 6.0, "worst relative error {worst} epsilon");
    }

    #[test]
    fn tanh_keeps_its_limits() {
        assert_eq!(tanh_f32(0.0), 0.0);
        assert!((tanh_f32(50.0) - 1.0).abs() < 1e-6 && tanh_f32(50.0) <= 1.0);
        assert!((tanh_f32(f32::NEG_INFINITY) + 1.0).abs() < 1e-6);
        assert!(tanh_f32(f32::NAN).is_nan());
        assert!((tanh_f32(1e-20) / 1e-20 - 1.0).abs() < 1e-6);
    }
}
