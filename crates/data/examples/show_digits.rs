//! Prints embedded digits with their labels: `cargo run -p formant-data --example show_digits`.

fn main() {
    let train = formant_data::digits::load().train;
    for (index, label) in train.labels().iter().take(6).enumerate() {
        println!("label {label}");
        for row in train.image(index).unwrap_or_default().chunks(8) {
            println!(
                "  {}",
                row.iter()
                    .map(|p| [' ', '.', ':', 'o', '#'][usize::from(p / 4)])
                    .collect::<String>()
            );
        }
    }
}
