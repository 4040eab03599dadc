//! A required tag of which only the name is known: the list in use is of another cloud (TAG-017), or
//! older than the tag. Where every rule surely holds all of the tag or nothing of it, the verdict
//! does not hang on its addresses, and the name decides.

use super::{
    extent::{self, Extent},
    judge::Decision,
    policy::NsgPolicy,
    requirement::{self, Asked, Judged},
};
use crate::{
    model::{Access, Address, Addresses, Direction, Form, Nsg, SecurityRule},
    space::Ranges,
    verdict::{FlowEnd, Verdict},
};
use std::sync::Arc;

impl NsgPolicy<'_> {
    /// Judges a row by the names of its tags; `why` says why their addresses are not known.
    pub(super) fn by_name<'a>(&self, asked: Asked<'a>, names: &[String], why: &str) -> Judged<'a> {
        let parts: Vec<Judged<'a>> =
            names.iter().map(|name| self.by_one_name(asked, name, why)).collect();
        let mut verdicts: Vec<Verdict> = parts.iter().map(|part| part.verdict).collect();
        verdicts.dedup();
        let verdict = match verdicts.as_slice() {
            [one] => *one,
            many if many.contains(&Verdict::Unknown) => Verdict::Unknown,
            _ => Verdict::Partial,
        };
        let name = names.join(" and ");
        let mut whole = requirement::unknown(asked, name, why.to_owned());
        let telling = parts.iter().find(|part| part.verdict == Verdict::Unknown).or(parts.first());
        whole.verdict = verdict;
        whole.reason = telling.and_then(|part| part.reason.clone());
        whole.flows = parts.first().and_then(|part| part.flows.clone());
        for &decider in parts.iter().flat_map(|part| &part.deciders) {
            if !whole.deciders.contains(&decider) {
                whole.deciders.push(decider);
            }
        }
        whole.stopped = parts.into_iter().find_map(|part| part.stopped);
        whole
    }

    fn by_one_name<'a>(&self, asked: Asked<'a>, name: &str, why: &str) -> Judged<'a> {
        let row = asked.requirement;
        // The tag is somewhere in the public addresses; no rule cuts them in two any more.
        let (piece, sources) = self.piece(row, Arc::clone(self.lexicon().internet()));
        let nsg = self.as_seen_by(name);
        let seen = NsgPolicy::new(&nsg, self.lexicon());
        let decision = seen.judge_within(self.budget(), Direction::Outbound, &piece, sources);
        let stopped = decision
            .stopped
            .filter(|_| decision.verdict != Verdict::Allowed)
            .map(|found| seen.plainer(Direction::Outbound, &piece, found));
        let stopped = stopped.map(|(point, entry)| {
            let mut flow = requirement::flow(point);
            flow.destination = FlowEnd::Tag(name.to_owned());
            (flow, entry)
        });
        let reason = requirement::reasons(&seen, &decision).map_or_else(
            || format!("{why}: judged by its name"),
            |doubts| format!("{why}; {doubts}"),
        );
        let Decision { verdict, mut deciders, .. } = decision;
        let rows = seen.rows::<u32>(Direction::Outbound);
        deciders.sort_by_key(|&at| rows.get(at).is_none_or(|row| row.why.is_some()));
        let judged = requirement::unknown(asked, name.to_owned(), reason);
        Judged { verdict, deciders, stopped, flows: Some(piece), ..judged }
    }

    /// The group with destinations that hold all of the tag, nothing of it, or nobody knows.
    fn as_seen_by(&self, name: &str) -> Nsg {
        let outbound = |rule: &&SecurityRule| rule.direction.known() != Some(&Direction::Inbound);
        let seen = |rule: &SecurityRule| {
            let mut rule = rule.clone();
            self.narrow(&mut rule.destination, name);
            rule
        };
        let rules = self.nsg.rules.iter().filter(outbound).map(seen).collect();
        Nsg { rules, ..self.nsg.clone() }
    }

    fn narrow(&self, side: &mut Addresses, name: &str) {
        if side.form == Form::Groups {
            return;
        }
        for item in &mut side.items {
            if matches!(&item.value, Address::Tag(tag) if holds(tag, name)) {
                // Every service tag lies in `Internet`.
                item.value = Address::Tag("Internet".into());
            }
        }
        let internet = self.lexicon().internet::<u32>();
        let Extent { surely, perhaps, .. } = extent::addresses::<u32>(self.lexicon(), side);
        let cuts = |set: &Ranges<u32>| set.intersects(internet) && !internet.is_subset(set);
        if cuts(&surely) || (surely == perhaps && cuts(&perhaps)) {
            let span = side.items.first().map_or(side.span, |item| item.span);
            let reason = format!("whether it holds all of `{name}`, some or nothing is not known");
            let unknown = Address::Unknown(reason.into());
            side.items = vec![crate::model::AddressItem { value: unknown, span }].into();
            side.form = Form::Singular;
        }
    }

    /// How a rule that surely names the tag of the region writes it.
    pub(super) fn spelling_in_rules(&self, base: &str, location: &str) -> Option<&str> {
        self.regional_names(base).find(|name| {
            name.split_once('.').is_some_and(|(_, region)| region.eq_ignore_ascii_case(location))
        })
    }

    /// The regional forms of a tag that allows name.
    pub(super) fn regional_names(&self, base: &str) -> impl Iterator<Item = &str> {
        let allows =
            self.nsg.rules.iter().filter(|rule| rule.access.known() == Some(&Access::Allow));
        let items = allows.flat_map(|rule| &rule.destination.items);
        items.filter_map(move |item| match &item.value {
            Address::Tag(tag) => {
                let (own, _) = tag.split_once('.')?;
                own.eq_ignore_ascii_case(base).then_some(&**tag)
            }
            _ => None,
        })
    }
}

/// Whether a tag holds another whatever their addresses are: itself, or the form of one region.
pub(super) fn holds(tag: &str, name: &str) -> bool {
    let base = name.split_once('.').map(|(base, _)| base);
    tag.eq_ignore_ascii_case(name) || base.is_some_and(|base| tag.eq_ignore_ascii_case(base))
}

/// A tag of a region that the list does not have, in the spelling of the other clouds (TAG-020).
pub(super) fn regional_name(base: &str, location: &str) -> String {
    const REGIONS: [&str; 12] = [
        "ChinaEast",
        "ChinaEast2",
        "ChinaEast3",
        "ChinaNorth",
        "ChinaNorth2",
        "ChinaNorth3",
        "USDoDCentral",
        "USDoDEast",
        "USGovArizona",
        "USGovIowa",
        "USGovTexas",
        "USGovVirginia",
    ];
    let plain: String = location.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
    let spelt = REGIONS.into_iter().find(|region| region.eq_ignore_ascii_case(&plain));
    format!("{base}.{}", spelt.unwrap_or(&plain))
}
