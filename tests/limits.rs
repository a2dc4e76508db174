//! Every number of every configuration, at 0, at its largest and at none at all: one line that names it, never a panic.

use formant_experiments::{EXPERIMENTS, Experiment};
use toml::{Table, Value};

/// A number or word in the place of another, as it is written in a file.
const LITERALS: [&str; 18] = [
    "0",
    "1",
    "-1",
    "4294967295",
    "4294967296",
    HUGE[0],
    HUGE[1],
    HUGE[2],
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1e308",
    "1e39",
    "5e-324",
    "-0.0",
    "true",
    "\"\\u001b[2J\\n\"",
];

/// No size is as large as this.
const HUGE: [&str; 3] = [
    "4611686018427387904",
    "9223372036854775807",
    "18446744073709551615",
];

/// Complete configurations, which between them have every setting.
fn configurations() -> Vec<(&'static str, String)> {
    let gamma = |task: &str, transform: &str, optimizer: &str| {
        format!(
            "weight_decays = [1e-4, 1e-2]\nseeds = [0, 1]\n[task]\n{task}\n\
             [model]\nwidth = 4\ndepth = 2\nactivation = \"tanh\"\nbias = \"none\"\ninit = \"uniform_fan_in\"\n\
             init_scale = 1.1\n[model.transform]\n{transform}\n\
             [training]\nloss = \"squared_error\"\nlearning_rate = 0.03\nbatch = 4\nsteps = 5\nlabel_noise = 0.1\n\
             [training.optimizer]\n{optimizer}\n\
             [measurement]\nsamples = 12\ncount = 2\nnull_draws = 2\nspacing = \"even\"\non = \"held_out\"\n\
             extras = [\"balance\", \"ansatz\"]\n"
        )
    };
    let teacher = "name = \"teacher\"\ninputs = 5\nhidden = 6\noutputs = 2\nactivation = \"sine\"\n\
                   amplitude = 0.2\nphase = 0.1\n[task.spectrum.power_law]\nexponent = 0.35";
    let adam = "name = \"adam\"\nbeta1 = 0.9\nbeta2 = 0.999\nepsilon = 1e-8";
    let diagonal = "name = \"diagonal\"\ncondition = 2.0";
    let (none, sgd) = ("name = \"none\"", "name = \"sgd\"\nmomentum = 0.9");
    let mut all = vec![
        ("mlp-gamma", gamma(teacher, diagonal, sgd)),
        ("mlp-gamma", gamma("name = \"digits\"", none, adam)),
        ("mlp-gamma", gamma("name = \"mnist\"", none, sgd)),
        ("two-points", example("two-points") + "epochs = 10\n"),
    ];
    all.extend(["fc1-calibrate", "mlp-gamma"].map(|name| (name, example(name))));
    all
}

fn example(name: &str) -> String {
    (find(name).example)().unwrap()
}

fn find(name: &str) -> &'static Experiment {
    EXPERIMENTS.iter().find(|known| known.name == name).unwrap()
}

/// A place in a configuration: keys, and indices into lists.
type Path = Vec<String>;

/// The places of numbers and of tables.
fn places(value: &Value, here: Path, numbers: &mut Vec<Path>, tables: &mut Vec<Path>) {
    let below = |key: &str| [&here[..], &[key.to_owned()]].concat();
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                places(value, below(key), numbers, tables);
            }
            tables.push(here);
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                places(value, below(&index.to_string()), numbers, tables);
            }
        }
        Value::Integer(_) | Value::Float(_) => numbers.push(here),
        _ => {}
    }
}

fn at<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, key| match value {
        Value::Table(table) => &mut table[key.as_str()],
        Value::Array(values) => &mut values[key.parse::<usize>().unwrap()],
        _ => unreachable!(),
    })
}

fn written(value: &Value) -> String {
    toml::to_string(value).unwrap()
}

/// What the check says, as the program prints it.
fn said(experiment: &str, text: &str) -> Option<String> {
    let error = (find(experiment).check)(text).err()?;
    let line = formant_text::error(error.as_ref());
    assert!(
        line.chars().count() < 300 && !line.chars().any(char::is_control),
        "{line:?}\n{text}"
    );
    Some(line)
}

#[test]
fn every_number_is_checked_before_work_starts() {
    let (mut tried, mut accepted) = (0, 0);
    for (experiment, text) in configurations() {
        let value = Value::Table(text.parse::<Table>().unwrap());
        assert_eq!(said(experiment, &written(&value)), None, "{text}");
        let mut numbers = Vec::new();
        places(&value, Vec::new(), &mut numbers, &mut Vec::new());
        assert!(numbers.len() > 3, "{text}");
        for path in numbers {
            for literal in LITERALS {
                let mut changed = value.clone();
                *at(&mut changed, &path) = Value::String("@".into());
                let changed = written(&changed).replace("\"@\"", literal);
                let error = said(experiment, &changed);
                let name = path.join(".");
                let is_seed = name.contains("seeds.") || name == "search_seed";
                if HUGE.contains(&literal) && !is_seed {
                    assert!(
                        error.is_some(),
                        "{experiment}: {name} = {literal} is accepted"
                    );
                }
                if ["nan", "inf", "-inf", "1e308", "-1e308"].contains(&literal) {
                    assert!(
                        error.is_some(),
                        "{experiment}: {name} = {literal} is accepted"
                    );
                }
                tried += 1;
                accepted += usize::from(error.is_none());
            }
        }
    }
    assert!(tried > 1_000 && accepted > 50, "{accepted} of {tried}");
}

#[test]
fn an_unknown_key_is_refused_in_every_table() {
    for (experiment, text) in configurations() {
        let value = Value::Table(text.parse::<Table>().unwrap());
        let mut tables = Vec::new();
        places(&value, Vec::new(), &mut Vec::new(), &mut tables);
        for path in tables {
            let mut changed = value.clone();
            let table = at(&mut changed, &path).as_table_mut().unwrap();
            table.insert("colour".into(), Value::Integer(1));
            let error = said(experiment, &written(&changed));
            let error = error.unwrap_or_else(|| panic!("{experiment}: {path:?} takes any key"));
            // A choice with a number of its own is a table of one key.
            let is_named = error.contains("colour") || error.contains("a single key");
            assert!(is_named, "{path:?}: {error}");
        }
    }
}

#[test]
fn a_size_that_is_too_large_is_named_with_its_limit_and_the_memory_it_takes() {
    let (experiment, text) = configurations().swap_remove(0);
    for (setting, found, parts) in [
        (
            "width = 4",
            "width = 65537",
            &["model.width", "2 to 65536", "TB"][..],
        ),
        (
            "inputs = 5",
            "inputs = 4611686018427387904",
            &["task.inputs", "1 to 65536", "EB"],
        ),
        (
            "width = 4",
            "width = 65536",
            &["TB of memory", "of this machine", "model.width"],
        ),
        (
            "batch = 4",
            "batch = 4611686018427387904",
            &["training.batch", "1 to 10000000", "EB"],
        ),
        (
            "null_draws = 2",
            "null_draws = 1",
            &["measurement.null_draws", "2 to 10000"],
        ),
        (
            "null_draws = 2",
            "null_draws = 0",
            &["measurement.null_draws", "2 to 10000"],
        ),
        ("depth = 2", "depth = 1001", &["model.depth", "1 to 1000"]),
        (
            "label_noise = 0.1",
            "label_noise = 3e38",
            &["training.label_noise"],
        ),
    ] {
        let changed = text.replacen(setting, found, 1);
        let error = said(experiment, &changed).unwrap_or_else(|| panic!("{found} is accepted"));
        for part in parts {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
}

#[test]
fn lists_that_are_too_long_are_refused() {
    let (experiment, text) = configurations().swap_remove(0);
    let list = |count: u64| {
        let numbers: Vec<String> = (1..=count).map(|n| n.to_string()).collect();
        format!("[{}]", numbers.join(", "))
    };
    let seeds = text.replacen("[0, 1]", &list(1_001), 1);
    assert!(said(experiment, &seeds).unwrap().contains("1 to 1000"));
    let decays = text
        .replacen("[0.0001, 0.01]", "", 1)
        .replacen("[1e-4, 1e-2]", &list(60_000), 1);
    assert!(
        said(experiment, &decays)
            .unwrap()
            .contains("number of runs is 120000")
    );
}
