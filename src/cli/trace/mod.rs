//! `egresslint trace`: one flow or many, rule by rule: what decides each, and why.

mod along;
mod answer;
mod firewall;
mod group;
mod question;
mod records;
mod text;

use super::{
    Status,
    failure::{Failure, shown},
    input,
    jobs::Jobs,
    json::{self, Format},
    service_tags::ServiceTags,
    terminal::{self, Terminal},
};
use crate::{
    decide::{Paths, Surroundings},
    report::{self, paint::Paint},
    run::{self, Input},
    tags::Catalogue,
    verdict::Verdict,
};
use answer::{Answer, Detail};
use firewall::Wall;
use group::Group;
pub(super) use question::Fault;
use question::{Query, Question, Words};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use records::{Record, Records};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// So many bad records are told of; nobody reads more.
const MAX_FAULTS: usize = 100;

/// So many names that no tag has get suggestions, which are dear to find.
const MAX_SLIPS: usize = 10;

/// Follow a flow, rule by rule and hop by hop: what decides it and why
///
/// What is left out of a flow stands for every value; the machine's own address, for any private
/// one. Many flows are read from a CSV file with `--flows`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A flows file has a header with some of the columns source, source_port, destination, port, protocol \
and direction, in any order; `*` and empty fields stand for every value. With `--format json` each \
flow is one line, and `tried` leaves out the rules that do not match unless `--verbose` is given.

Exit status: 0 every flow is allowed; 1 some are not; 2 something could not be read or asked; what \
could is answered all the same.")]
pub(super) struct Arguments {
    /// Files, folders and patterns; `-` reads standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<OsString>,

    /// What to ask, by its name, id, Terraform address or place (`net/nsg.json:3`), needed where
    /// there are several network security groups; at a subnet or interface the flow is followed all
    /// the way, and at a firewall by its rules
    #[arg(long, value_name = "RESOURCE")]
    at: Option<String>,

    /// Where the flow comes from: an address, a prefix or a service tag
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,

    /// The port it comes from; any that a client picks if left out
    #[arg(long, value_name = "PORT")]
    from_port: Option<String>,

    /// Where the flow goes: an address, a prefix, a service tag or a host name
    #[arg(long, value_name = "DESTINATION")]
    to: Option<String>,

    /// The port it goes to
    #[arg(long, value_name = "PORT")]
    port: Option<String>,

    /// `tcp`, `udp`, `icmp`, `esp`, `ah` or `any`
    #[arg(long, value_name = "PROTOCOL")]
    protocol: Option<String>,

    /// `outbound` or `inbound`, as seen from the machine; outbound if left out
    #[arg(long, value_name = "DIRECTION")]
    direction: Option<String>,

    /// A CSV file of flows; `-` reads standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["from", "from_port", "to", "port", "protocol", "direction"]
    )]
    flows: Option<PathBuf>,

    /// The form of the output; `json` prints one object a flow, a line each
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    parameters: input::Parameters,

    #[command(flatten)]
    service_tags: ServiceTags,

    #[command(flatten)]
    jobs: Jobs,

    /// With `--flows`, tell of every flow which rules were tried, those that do not match included
    #[arg(short, long)]
    verbose: bool,
}

impl Arguments {
    /// Answers the question, or one after the other.
    pub(super) fn run(self, terminal: Terminal, out: &mut dyn Write) -> Result<Status, Failure> {
        self.check_stdin()?;
        let tags = self.service_tags.list()?;
        self.jobs.settle()?;
        let Input { sources, estate, errors, deployed_with, .. } =
            input::read(&self.paths, &self.parameters).map(run::read)?;
        for error in &errors {
            terminal::say_error(&input::RunError(error));
        }
        let subject = firewall::choose(&estate, self.at.as_deref());
        let surroundings = Surroundings::new(&estate);
        let paths = Paths::new(&surroundings, &tags, None);
        let start = match subject {
            Some(_) => None,
            None => along::choose(&paths, &estate, self.at.as_deref(), &sources)?,
        };
        let group = match subject {
            Some(_) => None,
            None if start.is_some() => None,
            None => match group::choose(&estate, self.at.as_deref(), &sources) {
                // Why there is none has been said.
                Err(Failure::NoGroup) if !errors.is_empty() => return Ok(Status::Failed),
                chosen => Some(chosen?),
            },
        };
        let span = subject.map(|it| it.span()).or(group.map(|it| it.span));
        let span = span.or(start.map(|it| it.span()));
        let file = span.and_then(|span| sources.get(span.file));
        let path = file.map_or("", |file| file.path.as_str());
        for used in deployed_with.iter().filter(|used| used.file == path) {
            let parameters = report::parameters_file(used);
            terminal::say_note(&format!("{path} is judged with {parameters}"));
        }
        let target: Box<dyn Target + '_> = match (subject, group) {
            (Some(subject), _) => Box::new(Wall::new(subject, &estate, &tags, &sources)),
            (None, Some(nsg)) => Box::new(Group::new(nsg, &tags, &sources, &surroundings)),
            (None, None) => match start {
                Some(start) => {
                    Box::new(along::Along::new(paths.path(start, None), &sources, &tags))
                }
                None => return Err(Failure::NoGroup),
            },
        };
        let paint = Paint(terminal.color);
        let teller = Teller { format: self.format, verbose: self.verbose, paint };
        let status = match &self.flows {
            Some(path) => self.many(path, &*target, &teller, out)?,
            None => self.one(&*target, paint, out)?,
        };
        Ok(if errors.is_empty() { status } else { Status::Failed })
    }

    fn check_stdin(&self) -> Result<(), Failure> {
        let flows = self.flows.as_ref().is_some_and(|path| path.as_os_str() == "-");
        let paths = self.paths.iter().any(|path| path == "-");
        if flows && paths { Err(Failure::StdinTwice) } else { Ok(()) }
    }

    fn words(&self) -> Words<'_> {
        fn text(value: &Option<String>) -> &str {
            value.as_deref().unwrap_or_default().trim()
        }
        Words {
            source: text(&self.from),
            source_port: text(&self.from_port),
            destination: text(&self.to),
            port: text(&self.port),
            protocol: text(&self.protocol),
            direction: text(&self.direction),
        }
    }

    fn one(
        &self,
        group: &dyn Target,
        paint: Paint,
        out: &mut dyn Write,
    ) -> Result<Status, Failure> {
        if self.from.is_none() && self.to.is_none() {
            return Err(Failure::NoFlow);
        }
        let question = Question::of(&self.words(), group.tags())?;
        group.check_tags(&question)?;
        let answer = group.answer(&question, None, Detail::Everything);
        match self.format {
            Format::Human => text::whole(&answer, paint, out)?,
            Format::Json => json::write_line(&answer, out)?,
        }
        Ok(if answer.is_allowed() { Status::Clean } else { Status::Found })
    }

    fn many(
        &self,
        path: &Path,
        group: &dyn Target,
        teller: &Teller,
        out: &mut dyn Write,
    ) -> Result<Status, Failure> {
        let mut records = Records::open(path)?;
        let mut tally = Tally::default();
        loop {
            let chunk = records.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let columns = records.columns();
            let told: Vec<Result<Told, Fault>> = chunk
                .par_iter()
                .map(|record| teller.tell(&columns.words(record)?, record, group))
                .collect();
            for (record, told) in chunk.iter().zip(told) {
                match told {
                    Ok(told) => {
                        tally.count(&told);
                        tally.slip(path, record, &told, group);
                        out.write_all(&told.text)?;
                    }
                    Err(fault) => tally.fault(path, record, &fault),
                }
            }
        }
        Ok(tally.finish(self.format, out)?)
    }
}

/// What is asked: one resource that decides flows.
trait Target: Sync {
    /// The service tag list.
    fn tags(&self) -> &Catalogue;
    /// The answer to one question, from the record of that line.
    fn answer<'q>(
        &'q self,
        question: &'q Question,
        line: Option<u64>,
        detail: Detail,
    ) -> Answer<'q>;
    /// A tag of the question that nobody has.
    fn unknown_tag<'q>(&self, question: &'q Question) -> Option<&'q str>;

    /// Whether there is a tag behind every name of the question. One question that names none is
    /// a slip; among many, each gets the answer that it is not known.
    fn check_tags(&self, question: &Question) -> Result<(), Fault> {
        if let Query::Host(host, _) = &question.query {
            return Fault::of_host(host, self.tags()).map_or(Ok(()), Err);
        }
        let unknown = self.unknown_tag(question);
        unknown.map_or(Ok(()), |tag| Err(Fault::unknown_tag(tag, self.tags())))
    }
}

/// How the answers to many questions are to look.
struct Teller {
    format: Format,
    verbose: bool,
    paint: Paint,
}

/// One answer of many.
struct Told {
    verdict: Verdict,
    text: Vec<u8>,
    /// A name in it that no tag has.
    slip: Option<String>,
}

impl Teller {
    fn tell(&self, words: &Words<'_>, record: &Record, group: &dyn Target) -> Result<Told, Fault> {
        let question = Question::of(words, group.tags())?;
        let detail = if self.verbose { Detail::Everything } else { Detail::Matches };
        let answer = group.answer(&question, Some(record.line()), detail);
        let mut text = Vec::new();
        let written = match self.format {
            Format::Json => json::write_line(&answer, &mut text),
            Format::Human if self.verbose => {
                text::whole(&answer, self.paint, &mut text).and_then(|()| writeln!(text))
            }
            Format::Human => text::line(&answer, self.paint, &mut text),
        };
        // Memory takes every write.
        written.map_err(|error| Fault::Record { message: error.to_string() })?;
        let slip = group.unknown_tag(&question).map(str::to_owned);
        Ok(Told { verdict: answer.verdict, text, slip })
    }
}

/// How often which verdict was given.
#[derive(Default)]
struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    faults: usize,
    slips: BTreeSet<String>,
}

impl Tally {
    fn count(&mut self, told: &Told) {
        *self.verdicts.entry(told.verdict).or_default() += 1;
    }

    /// What one question that names no tag is refused with, many are told beside the answers.
    fn slip(&mut self, path: &Path, record: &Record, told: &Told, group: &dyn Target) {
        let Some(tag) = told.slip.as_ref().filter(|_| self.slips.len() < MAX_SLIPS) else { return };
        if self.slips.insert(tag.clone()) {
            let fault = Fault::unknown_tag(tag, group.tags());
            terminal::say_note(&format!("{}:{}: {fault}", shown(path), record.line()));
        }
    }

    fn fault(&mut self, path: &Path, record: &Record, fault: &Fault) {
        self.faults += 1;
        if self.faults <= MAX_FAULTS {
            terminal::say_error(&format!("{}:{}: {fault}", shown(path), record.line()));
        }
    }

    fn finish(self, format: Format, out: &mut dyn Write) -> io::Result<Status> {
        if self.faults > MAX_FAULTS {
            let more = self.faults - MAX_FAULTS;
            terminal::say_error(&format!("{more} more records could not be read"));
        }
        let of = |verdict| self.verdicts.get(&verdict).copied().unwrap_or_default();
        let all = [Verdict::Allowed, Verdict::Blocked, Verdict::Partial, Verdict::Unknown];
        if format == Format::Human {
            let total: usize = self.verdicts.values().sum();
            let words = all.map(|verdict| format!("{} {}", of(verdict), verdict.word()));
            let flows = if total == 1 { "flow" } else { "flows" };
            writeln!(out, "{total} {flows}: {}", words.join(", "))?;
        }
        Ok(match self.verdicts.len() {
            _ if self.faults > 0 => Status::Failed,
            0 => Status::Clean,
            1 if of(Verdict::Allowed) > 0 => Status::Clean,
            _ => Status::Found,
        })
    }
}
