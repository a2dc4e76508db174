//! Augmentation against a slow twin in f64, its draws, and the tasks that use it.

use formant_data::augment::{
    Augmentation, AugmentedTask, Blur, Channel, ColourOp, Crop, CropFlip, ImageFormat, Jitter,
    SimClr, View,
};
use formant_data::rng::{Purpose, stream, uniform_f32};
use formant_data::{ClassificationTask, DataError, Task, cifar10, digits};
use proptest::prelude::*;

fn format(height: usize, width: usize) -> ImageFormat {
    ImageFormat {
        height,
        width,
        ..cifar10::image_format()
    }
}

/// A row of random pixels, normalised.
fn row(format: &ImageFormat, seed: u64) -> Vec<f32> {
    let pixels = uniform_f32(&mut stream(seed, Purpose::Noise, 0), 0.0, 1.0, format.len());
    let plane = format.height * format.width;
    let normalised = |(at, x): (usize, &f32)| {
        let Channel { mean, std } = format.channels[at / plane];
        ((f64::from(*x) - mean) / std) as f32
    };
    pixels.iter().enumerate().map(normalised).collect()
}

/// Pixels from 0 to 1 by channel, row and column.
type Planes = Vec<Vec<Vec<f64>>>;

fn make(like: &Planes, pixel: impl Fn(usize, usize, usize) -> f64) -> Planes {
    let [c, y, x] = [like.len(), like[0].len(), like[0][0].len()];
    let line = |c, y| (0..x).map(|x| pixel(c, y, x)).collect();
    let plane = |c| (0..y).map(|y| line(c, y)).collect();
    (0..c).map(plane).collect()
}

fn gray(image: &Planes, y: usize, x: usize) -> f64 {
    0.2989 * image[0][y][x] + 0.587 * image[1][y][x] + 0.114 * image[2][y][x]
}

/// Shares of the pixels of a line in one of `to` pixels: a triangle about its centre, as Pillow has it.
fn triangle(from: usize, to: usize, at: usize) -> Vec<f64> {
    let scale = from as f64 / to as f64;
    let centre = (at as f64 + 0.5) * scale;
    let height = |k: usize| (1.0 - (k as f64 + 0.5 - centre).abs() / scale.max(1.0)).max(0.0);
    let total: f64 = (0..from).map(height).sum();
    (0..from).map(|k| height(k) / total).collect()
}

fn slow_crop(image: &Planes, crop: Crop) -> Planes {
    let (rows, columns) = (image[0].len(), image[0][0].len());
    match crop {
        Crop::Shifted { down, right } => make(image, |c, y, x| {
            let (y, x) = (y as isize - down, x as isize - right);
            let inside = (0..rows as isize).contains(&y) && (0..columns as isize).contains(&x);
            if inside {
                image[c][y as usize][x as usize]
            } else {
                0.0
            }
        }),
        Crop::Resized {
            top,
            left,
            height,
            width,
        } => make(image, |c, y, x| {
            let (down, along) = (triangle(height, rows, y), triangle(width, columns, x));
            let mut sum = 0.0;
            for (i, a) in down.iter().enumerate() {
                for (j, b) in along.iter().enumerate() {
                    sum += a * b * image[c][top + i][left + j];
                }
            }
            sum
        }),
    }
}

/// By the formula of the hexagon, without sectors.
fn slow_hue([r, g, b]: [f64; 3], turn: f64) -> [f64; 3] {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let range = most - least;
    if range == 0.0 {
        return [r, g, b];
    }
    let degrees = match most {
        _ if most == r => 60.0 * ((g - b) / range),
        _ if most == g => 60.0 * ((b - r) / range) + 120.0,
        _ => 60.0 * ((r - g) / range) + 240.0,
    };
    [5.0, 3.0, 1.0].map(|n| {
        let k = (n + (degrees + 360.0 * turn) / 60.0).rem_euclid(6.0);
        most - range * k.min(4.0 - k).clamp(0.0, 1.0)
    })
}

fn slow_colour(image: &Planes, op: ColourOp) -> Planes {
    let blend = |factor: f64, other: &dyn Fn(usize, usize) -> f64| {
        make(image, |c, y, x| {
            (factor * image[c][y][x] + (1.0 - factor) * other(y, x)).clamp(0.0, 1.0)
        })
    };
    match op {
        ColourOp::Brightness(factor) => blend(factor, &|_, _| 0.0),
        ColourOp::Contrast(factor) => {
            let (rows, columns) = (image[0].len(), image[0][0].len());
            let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x)));
            let sum: f64 = places.map(|(y, x)| gray(image, y, x)).sum();
            blend(factor, &|_, _| sum / (rows * columns) as f64)
        }
        ColourOp::Saturation(factor) => blend(factor, &|y, x| gray(image, y, x)),
        ColourOp::Hue(turn) => make(image, |c, y, x| {
            slow_hue([0, 1, 2].map(|c: usize| image[c][y][x]), turn)[c]
        }),
    }
}

fn slow_blur(image: &Planes, sigma: f64, kernel: usize) -> Planes {
    let (rows, columns) = (image[0].len() as isize, image[0][0].len() as isize);
    let reach = kernel as isize / 2;
    let mirrored = |at: isize, end: isize| {
        let at = if at < 0 { -at } else { at };
        (if at >= end { 2 * (end - 1) - at } else { at }) as usize
    };
    make(image, |c, y, x| {
        let (mut sum, mut total) = (0.0, 0.0);
        for down in -reach..=reach {
            for right in -reach..=reach {
                let weight =
                    (-((down * down + right * right) as f64) / (2.0 * sigma * sigma)).exp();
                let (y, x) = (
                    mirrored(y as isize + down, rows),
                    mirrored(x as isize + right, columns),
                );
                sum += weight * image[c][y][x];
                total += weight;
            }
        }
        sum / total
    })
}

/// What [`View::apply`] should give.
fn slow(view: &View, format: &ImageFormat, row: &[f32]) -> Vec<f64> {
    let (rows, columns) = (format.height, format.width);
    let shape = vec![vec![vec![0.0; columns]; rows]; format.channels.len()];
    let mut image = make(&shape, |c, y, x| {
        let Channel { mean, std } = format.channels[c];
        f64::from(row[(c * rows + y) * columns + x]) * std + mean
    });
    image = slow_crop(&image, view.crop);
    if view.flip {
        image = make(&image, |c, y, x| image[c][y][columns - 1 - x]);
    }
    for op in view.jitter.iter().flat_map(|Jitter(ops)| ops) {
        image = slow_colour(&image, *op);
    }
    if view.grayscale {
        image = make(&image, |_, y, x| gray(&image, y, x));
    }
    if let Some((sigma, kernel)) = view.blur {
        image = slow_blur(&image, sigma, kernel);
    }
    let normalised = make(&image, |c, y, x| {
        let Channel { mean, std } = format.channels[c];
        (image[c][y][x] - mean) / std
    });
    normalised.into_iter().flatten().flatten().collect()
}

fn applied(view: &View, format: &ImageFormat, row: &[f32]) -> Vec<f32> {
    let mut out = row.to_vec();
    view.apply(format, &mut out);
    out
}

fn everything() -> SimClr {
    let blur = Blur {
        probability: 0.7,
        ..Blur::default()
    };
    SimClr {
        blur: Some(blur),
        ..SimClr::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_view_is_its_slow_twin(
        height in 3..14_usize, width in 3..14_usize, seed in 0..10_000_u64, sample in 0..1000_u64, contrasts: bool,
    ) {
        let format = format(height, width);
        let augmentation = match contrasts {
            true => Augmentation::SimClr(everything()),
            false => Augmentation::Standard(CropFlip { padding: 2, flip: 0.5 }),
        };
        augmentation.check(&format).unwrap();
        let view = augmentation.draw(&format, [seed, 3, sample], 1);
        let row = row(&format, seed);
        let pairs = applied(&view, &format, &row).into_iter().zip(slow(&view, &format, &row));
        for (at, (found, expected)) in pairs.enumerate() {
            // Hue jumps where two channels are equal: a tie in one precision may be none in the other.
            prop_assert!((f64::from(found) - expected).abs() < 2e-4, "{at}: {found} {expected} {view:?}");
        }
    }

    #[test]
    fn a_draw_depends_on_its_key_alone(seed in 0..100_u64, step in 0..u64::MAX, sample in 0..1_u64 << 40, view in 0..256_usize) {
        let format = cifar10::image_format();
        let augmentation = Augmentation::SimClr(everything());
        let draw = |key, view| augmentation.draw(&format, key, view);
        let key = [seed, step, sample];
        prop_assert_eq!(draw(key, view), draw(key, view));
        for other in [[seed + 1, step, sample], [seed, step ^ 1, sample], [seed, step, sample + 1]] {
            prop_assert_ne!(draw(key, view), draw(other, view));
        }
        prop_assert_ne!(draw(key, view), draw(key, (view + 1) % 256));
    }
}

#[test]
fn what_is_not_changed_keeps_its_bits() {
    let format = format(6, 5);
    let row = row(&format, 1);
    let augmentation = Augmentation::Standard(CropFlip {
        padding: 0,
        flip: 1.0,
    });
    let view = augmentation.draw(&format, [0, 0, 0], 0);
    let once = applied(&view, &format, &row);
    assert_ne!(once, row);
    assert_eq!(applied(&view, &format, &once), row);
    let whole = Crop::Resized {
        top: 0,
        left: 0,
        height: 6,
        width: 5,
    };
    let view = View {
        crop: whole,
        flip: false,
        ..view
    };
    assert_eq!(applied(&view, &format, &row), row);
}

#[test]
fn a_third_of_the_circle_makes_red_green() {
    let one = Channel {
        mean: 0.0,
        std: 1.0,
    };
    let format = ImageFormat {
        height: 1,
        width: 1,
        channels: vec![one; 3],
    };
    let hue = ColourOp::Hue(1.0 / 3.0);
    let still = ColourOp::Brightness(1.0);
    let view = View {
        crop: Crop::Shifted { down: 0, right: 0 },
        flip: false,
        jitter: Some(Jitter([hue, still, still, still])),
        grayscale: false,
        blur: None,
    };
    let turned = applied(&view, &format, &[0.8, 0.2, 0.2]);
    for (found, expected) in turned.iter().zip([0.2, 0.8, 0.2]) {
        assert!((found - expected).abs() < 1e-6, "{turned:?}");
    }
    // Black has no hue, and no saturation either.
    assert_eq!(applied(&view, &format, &[0.0; 3]), [0.0; 3]);
}

/// Shares within four standard deviations, ranges that are kept and filled, every order of the four changes.
#[test]
fn draws_have_their_probabilities_and_ranges() {
    const N: u64 = 4000;
    let format = cifar10::image_format();
    let augmentation = Augmentation::SimClr(everything());
    let views: Vec<View> = (0..N)
        .map(|sample| augmentation.draw(&format, [7, 1, sample], 0))
        .collect();
    let share = |holds: &dyn Fn(&View) -> bool| {
        views.iter().filter(|view| holds(view)).count() as f64 / N as f64
    };
    for (found, expected) in [
        (share(&|view| view.flip), 0.5),
        (share(&|view| view.jitter.is_some()), 0.8),
        (share(&|view| view.grayscale), 0.2),
        (share(&|view| view.blur.is_some()), 0.7),
    ] {
        let sigma = (expected * (1.0 - expected) / N as f64).sqrt();
        assert!((found - expected).abs() < 4.0 * sigma, "{found} {expected}");
    }
    let shares: Vec<f64> = views
        .iter()
        .map(|view| match view.crop {
            Crop::Resized {
                top,
                left,
                height,
                width,
            } => {
                assert!(top + height <= 32 && left + width <= 32);
                (height * width) as f64 / 1024.0
            }
            Crop::Shifted { .. } => panic!("{view:?}"),
        })
        .collect();
    let (least, most) = shares
        .iter()
        .fold((1.0_f64, 0.0_f64), |(l, m), x| (l.min(*x), m.max(*x)));
    assert!(
        (0.17..0.23).contains(&least) && (0.95..=1.0).contains(&most),
        "{least} {most}"
    );
    let orders: std::collections::BTreeSet<String> = views
        .iter()
        .filter_map(|view| view.jitter.as_ref())
        .map(|jitter| {
            jitter
                .0
                .iter()
                .map(|op| match op {
                    ColourOp::Brightness(x) | ColourOp::Contrast(x) | ColourOp::Saturation(x) => {
                        assert!((0.6..=1.4).contains(x));
                        format!("{op:?}").remove(0)
                    }
                    ColourOp::Hue(x) => {
                        assert!((-0.1..=0.1).contains(x));
                        'H'
                    }
                })
                .collect()
        })
        .collect();
    assert_eq!(orders.len(), 24);
}

#[test]
fn a_shape_that_no_crop_fits_is_cropped_in_the_middle() {
    let wide = format(4, 64);
    let settings = SimClr {
        scale: [1.0, 1.0],
        ..SimClr::default()
    };
    let view = Augmentation::SimClr(settings).draw(&wide, [1, 1, 1], 0);
    // 4 by 4 · 4/3 pixels, as round(5.33) has it.
    assert_eq!(
        view.crop,
        Crop::Resized {
            top: 0,
            left: 29,
            height: 4,
            width: 5
        }
    );
}

fn digits_task(seed: u64) -> Box<dyn Task> {
    let split = digits::load();
    Box::new(ClassificationTask::new(split.train, split.test, seed).unwrap())
}

fn digits_format() -> ImageFormat {
    let channels = vec![Channel {
        mean: 0.0,
        std: 1.0,
    }];
    ImageFormat {
        height: 8,
        width: 8,
        channels,
    }
}

#[test]
fn an_augmented_batch_is_a_function_of_seed_step_and_size() {
    let crop = Augmentation::Standard(CropFlip {
        padding: 1,
        flip: 0.5,
    });
    let task = |seed| AugmentedTask::new(digits_task(3), digits_format(), crop, seed).unwrap();
    let (mut one, mut other) = (task(1), task(1));
    let late = one.batch(40, 16).unwrap();
    let early = one.batch(2, 16).unwrap();
    assert_eq!(other.batch(2, 16).unwrap(), early);
    assert_eq!(other.batch(40, 16).unwrap(), late);
    assert_ne!(task(2).batch(2, 16).unwrap(), early);
    let plain = digits_task(3).batch(2, 16).unwrap();
    assert_eq!(plain.targets, early.targets);
    assert_ne!(plain.inputs, early.inputs);
    let views = one.views(2, 16, 3).unwrap();
    assert_eq!(views[0], early);
    assert!(views[1] != views[0] && views[1] != views[2]);
    assert_eq!(one.holdout(5).unwrap(), digits_task(3).holdout(5).unwrap());
    assert_eq!(
        one.training_samples(5).unwrap(),
        digits_task(3).training_samples(5).unwrap()
    );
    assert!(one.views(2, 16, 257).is_err());
}

#[test]
fn settings_that_no_image_takes_are_refused() {
    let cifar10 = cifar10::image_format();
    let refused = |augmentation: Augmentation, format: &ImageFormat, part: &str| {
        let error = augmentation.check(format).unwrap_err();
        assert!(
            matches!(error, DataError::Config { .. }) && error.to_string().contains(part),
            "{error}"
        );
    };
    let simclr = |change: &dyn Fn(&mut SimClr)| {
        let mut settings = everything();
        change(&mut settings);
        Augmentation::SimClr(settings)
    };
    let padded = CropFlip {
        padding: 65,
        ..CropFlip::default()
    };
    refused(Augmentation::Standard(padded), &cifar10, "padding is 65");
    refused(simclr(&|s| s.flip = f64::NAN), &cifar10, "flip is NaN");
    refused(
        simclr(&|s| s.scale = [0.5, 0.2]),
        &cifar10,
        "scale is [0.5, 0.2]",
    );
    refused(simclr(&|s| s.ratio = [0.0, 1.0]), &cifar10, "ratio");
    refused(simclr(&|s| s.strength = 3.0), &cifar10, "strength is 3.0");
    refused(
        simclr(&|s| {
            s.blur = Some(Blur {
                kernel: 4,
                ..Blur::default()
            })
        }),
        &cifar10,
        "kernel is 4",
    );
    refused(
        simclr(&|s| {
            s.blur = Some(Blur {
                kernel: 65,
                ..Blur::default()
            })
        }),
        &cifar10,
        "kernel is 65",
    );
    refused(
        simclr(&|s| {
            s.blur = Some(Blur {
                sigma: [0.0, 1.0],
                ..Blur::default()
            })
        }),
        &cifar10,
        "sigma",
    );
    refused(simclr(&|_| ()), &digits_format(), "channels is 1");
    let flat = ImageFormat {
        height: 0,
        ..digits_format()
    };
    refused(Augmentation::Standard(CropFlip::default()), &flat, "image");
    let standard = Augmentation::Standard(CropFlip::default());
    let error = AugmentedTask::new(digits_task(1), cifar10, standard, 1)
        .err()
        .unwrap();
    assert!(error.to_string().contains("image is"), "{error}");
}

#[test]
fn settings_are_written_and_read() {
    let text = serde_json::json!({"name": "sim_clr", "strength": 1.0});
    let read: Augmentation = serde_json::from_value(text).unwrap();
    let expected = SimClr {
        strength: 1.0,
        ..SimClr::default()
    };
    assert_eq!(read, Augmentation::SimClr(expected));
    let unknown = serde_json::json!({"name": "standard", "paddding": 1});
    assert!(serde_json::from_value::<Augmentation>(unknown).is_err());
    let written = serde_json::to_value(read).unwrap();
    assert_eq!(
        serde_json::from_value::<Augmentation>(written).unwrap(),
        read
    );
}
