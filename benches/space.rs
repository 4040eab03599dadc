//! How long lists take to make and to question, like real ones and hard ones.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use egresslint::space::adversarial::{Maker, Shape};
use egresslint::space::{Cube, Limits, Lines, Piece, Point};

type Policy = (Vec<Cube<u32>>, Vec<bool>);

fn policy(maker: &Maker<u32>, shape: Shape, n: u32, seed: u64) -> Policy {
    maker.list(shape, n, seed).into_iter().unzip()
}

/// Makes the list and asks everything; the number of lines reached keeps it from being left out.
fn ask_all((lines, allows): &Policy, probes: &[Cube<u32>], limits: Limits) -> usize {
    let list = Lines::with_limits(lines.clone(), probes.to_vec(), limits);
    let action = |line: usize| allows.get(line) == Some(&true);
    let coverage = list.coverage(|_| true, |line, earlier| action(line) != action(earlier));
    let removals = list.redundant(&coverage, action, false);
    black_box(removals);
    (0..probes.len()).map(|probe| list.reached(Piece::Probe(probe)).len()).sum()
}

fn estate(c: &mut Criterion) {
    // 1,000 groups, 25 rules in each of two directions.
    let maker = Maker::default();
    let probes = maker.probes(7);
    let lists = (0..2000).map(|seed| policy(&maker, Shape::Realistic, 25, seed));
    let estate: Vec<Policy> = lists.collect();
    c.bench_function("estate of 2,000 lists of 25 lines, everything", |b| {
        b.iter(|| {
            let reached = |policy| ask_all(policy, &probes, Limits::default());
            estate.iter().map(reached).sum::<usize>()
        });
    });
    let (lines, _) = policy(&maker, Shape::Realistic, 45, 1);
    c.bench_function("make a list of 45 lines", |b| {
        b.iter(|| Lines::new(black_box(&lines).clone(), Vec::new()).len());
    });
}

fn threshold(c: &mut Criterion) {
    let maker = Maker::default();
    let probes = maker.probes(7);
    for n in [50, 100, 150, 200, 300, 500] {
        let policy = policy(&maker, Shape::Realistic, n, 1);
        for (name, ranges_up_to) in [("ranges", usize::MAX), ("classes", 0)] {
            let limits = Limits { ranges_up_to, ..Limits::default() };
            c.bench_function(&format!("{n} realistic lines as {name}, everything"), |b| {
                b.iter(|| ask_all(&policy, &probes, limits));
            });
        }
    }
}

fn thousand(c: &mut Criterion) {
    let maker = Maker::default();
    let probes = maker.probes(7);
    for shape in Shape::ALL {
        let (lines, allows) = policy(&maker, shape, 1000, 1);
        c.bench_function(&format!("{shape:?} 1,000: make"), |b| {
            b.iter(|| Lines::new(lines.clone(), probes.clone()).len());
        });
        let made = Lines::new(lines.clone(), probes.clone());
        c.bench_function(&format!("{shape:?} 1,000: coverage"), |b| {
            b.iter(|| made.coverage(|_| true, |_, _| false));
        });
        let coverage = made.coverage(|_| true, |_, _| false);
        let action = |line: usize| allows.get(line) == Some(&true);
        c.bench_function(&format!("{shape:?} 1,000: redundant"), |b| {
            b.iter(|| made.redundant(&coverage, action, false));
        });
        c.bench_function(&format!("{shape:?} 1,000: reached"), |b| {
            b.iter(|| (made.reached(Piece::Probe(0)), made.reached(Piece::Probe(1))));
        });
        let points: Vec<Point<u32>> = lines.iter().filter_map(Cube::witness).collect();
        c.bench_function(&format!("{shape:?} 1,000: first match of 1,000 packets"), |b| {
            b.iter(|| points.iter().filter_map(|point| made.first_match(point)).sum::<usize>());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = estate, threshold, thousand
}
criterion_main!(benches);
