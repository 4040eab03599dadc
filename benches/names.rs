//! How long lists of host names take to make and to question, as firewalls have them and harder.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use egresslint::names::{Action, Asked, HostLines, HostSet, Part, Row, Weighed};
use egresslint::space::adversarial::Random;
use egresslint::verdict::Verdict;

const WORDS: [&str; 12] = [
    "blob",
    "queue",
    "table",
    "backup",
    "vault",
    "monitor",
    "login",
    "svc",
    "prod",
    "japaneast",
    "corp",
    "azure",
];
const ENDS: [&str; 6] = [
    "windows.net",
    "azure.net",
    "core.windows.net",
    "contoso.com",
    "azure.com",
    "windowsazure.com",
];

/// A name of one to three random labels below a usual end.
fn name(random: &mut Random) -> String {
    let label = |random: &mut Random| {
        let word = random.pick(&WORDS, "x");
        if random.chance(60) { format!("{word}{}", random.below(500)) } else { word.to_owned() }
    };
    let mut labels: Vec<String> = (0..=random.below(3)).map(|_| label(random)).collect();
    labels.push(random.pick(&ENDS, "example").to_owned());
    labels.join(".")
}

fn suffixes(count: usize, seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut pattern = || {
        let name = name(random);
        if random.chance(50) { format!("*.{name}") } else { name }
    };
    (0..count).map(|_| pattern()).collect()
}

/// Most with a star or a question mark inside.
fn globs(count: usize, seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let pattern = |mut text: String| {
        let at = random.index(text.len() / 2);
        match random.below(3) {
            0 => text.insert(at, '*'),
            1 => text.replace_range(at..=at, "?"),
            _ => {}
        }
        text
    };
    suffixes(count, seed).into_iter().map(pattern).collect()
}

fn list(patterns: &[String]) -> HostLines {
    let set = |text: &String| HostSet::glob(text).unwrap_or(HostSet::none());
    HostLines::new(patterns.iter().map(|text| Row::exact(set(text))).collect())
}

fn weigh(list: &HostLines, asked: &HostSet, denies: impl Fn(usize) -> bool) -> Weighed {
    let part = |row| Part::Surely(if denies(row) { Action::Deny } else { Action::Allow });
    list.weigh(Asked::of(asked), part, Action::Deny)
}

fn allowed(list: &HostLines, asked: &[HostSet], denies: impl Fn(usize) -> bool) -> usize {
    let is_allowed = |asked: &&HostSet| weigh(list, asked, &denies).verdict == Verdict::Allowed;
    asked.iter().filter(is_allowed).count()
}

fn required() -> Vec<HostSet> {
    let tops = ["*.windows.net", "*.azure.com", "*.core.windows.net", "*.windowsazure.com"];
    let texts = suffixes(96, 99).into_iter().chain(tops.map(str::to_owned));
    texts.map(|text| HostSet::glob(&text).unwrap_or(HostSet::none())).collect()
}

fn verdicts(c: &mut Criterion) {
    let asked = required();
    let patterns = suffixes(5000, 1);
    c.bench_function("5,000 patterns: make the sets", |b| {
        b.iter(|| patterns.iter().filter_map(|text| HostSet::left_star(text).ok()).count());
    });
    let rows: Vec<Row> = list(&patterns).rows().to_vec();
    c.bench_function("5,000 patterns: make the list", |b| {
        b.iter(|| HostLines::new(black_box(rows.clone())));
    });
    let made = list(&patterns);
    c.bench_function("100 required against 5,000 allow patterns", |b| {
        b.iter(|| allowed(&made, &asked, |_| false));
    });
    c.bench_function("100 required against 5,000 patterns, a tenth denies", |b| {
        b.iter(|| allowed(&made, &asked, |row| row % 10 == 0));
    });
    let tops = ["*.windows.net", "*.azure.com", "*.windowsazure.com"].map(str::to_owned);
    let covered: Vec<String> = suffixes(10_000, 2).into_iter().chain(tops).collect();
    let made = list(&covered);
    c.bench_function("100 required against 10,000 patterns, the last ones cover", |b| {
        b.iter(|| allowed(&made, &asked, |row| row % 10 == 0));
    });
    c.bench_function("10,000 patterns: dead rows", |b| b.iter(|| made.coverage(|_| true)));
    for count in [1000, 4000] {
        let made = list(&globs(count, 3));
        c.bench_function(&format!("100 required against {count} globs, a tenth denies"), |b| {
            b.iter(|| allowed(&made, &asked, |row| row % 10 == 0));
        });
    }
    let made = list(&globs(1000, 3));
    c.bench_function("1,000 globs: dead rows", |b| b.iter(|| made.coverage(|_| true)));
}

/// Lists that defeat the short ways.
fn hard(c: &mut Criterion) {
    let one_covers: Vec<String> = (0..1000)
        .map(|at| format!("*a{at}?.blob.core.windows.net"))
        .chain(["*.core.windows.net".to_owned()])
        .collect();
    let made = list(&one_covers);
    let asked = HostSet::glob("*.blob.core.windows.net").unwrap_or(HostSet::none());
    c.bench_function("1,000 denies with inner stars before one allow", |b| {
        b.iter(|| weigh(&made, &asked, |row| row < 1000));
    });
    let names: Vec<String> = (0..5000)
        .map(|at| format!("account{at}.blob.core.windows.net"))
        .chain(["*prod*.blob.core.windows.net".to_owned()])
        .collect();
    let made = list(&names);
    c.bench_function("5,000 accounts and one glob: dead rows", |b| {
        b.iter(|| made.coverage(|_| true));
    });
    let tail = |c: char, size: usize| format!("*{c}{}", "?".repeat(size));
    for size in [8, 14] {
        let made = list(&[tail('a', size), tail('b', size)]);
        let all = HostSet::all();
        c.bench_function(&format!("two letters {size} from the right"), |b| {
            b.iter(|| weigh(&made, &all, |row| row == 0));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = verdicts, hard
}
criterion_main!(benches);
