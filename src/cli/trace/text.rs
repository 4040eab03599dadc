//! What `egresslint trace` tells people.

use super::answer::{Answer, Hop, Matches, Packet, TriedRule};
use crate::{
    report::{clean, paint::Paint},
    verdict::Verdict,
};
use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
};

/// The flow, every rule that was tried, and the verdict.
pub(super) fn whole(answer: &Answer<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let number = answer.line.map(|line| format!("{line}: ")).unwrap_or_default();
    writeln!(out, "{number}{}", paint.strong(&flow(answer)))?;
    for hop in &answer.hops {
        self::hop(hop, answer, paint, out)?;
    }
    if let [_] = answer.hops.as_slice() {
    } else {
        path(answer, paint, out)?;
    }
    for (what, packet) in [("stopped", &answer.stopped), ("let through", &answer.passed)] {
        if let Some(packet) = packet {
            writeln!(out, "  {what}: {}", self::packet(packet))?;
        }
    }
    Ok(())
}

/// One element: the rules that were tried, and what came of it.
fn hop(hop: &Hop<'_>, answer: &Answer<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let file = if hop.file.is_empty() { String::new() } else { format!(" ({})", hop.file) };
    let place = clean::line(&format!("{} {}{file}", hop.kind, hop.name));
    writeln!(out, "at {place}")?;
    if let Some((first, others)) = hop.attached_to.split_first() {
        let more =
            if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        writeln!(out, "used at {}{more}", clean::line(first))?;
    }
    writeln!(out)?;
    let widest = hop.tried.iter().map(|rule| rule.rule.chars().count()).max();
    let widest = widest.unwrap_or_default().min(60);
    for rule in &hop.tried {
        tried(rule, answer, widest, paint, out)?;
    }
    if !hop.tried.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", verdict(hop, paint))?;
    if let Some(reason) = &hop.reason {
        writeln!(out, "  {}", clean::line(reason))?;
    }
    if answer.hops.len() > 1 {
        writeln!(out)?;
    }
    Ok(())
}

/// The verdict on the whole path.
fn path(answer: &Answer<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let word = paint.verdict(answer.verdict, &answer.verdict.word().to_uppercase());
    write!(out, "the whole path: {word}")?;
    if let Some(rule) = answer.rule.as_deref().filter(|_| answer.verdict != Verdict::Allowed) {
        let part = if answer.verdict == Verdict::Partial { ": a part is stopped" } else { "" };
        write!(out, "{part} by {} of {}", clean::line(rule), clean::line(&answer.resource))?;
    }
    writeln!(out)?;
    if let Some(reason) = &answer.reason {
        writeln!(out, "  {}", clean::line(reason))?;
    }
    Ok(())
}

/// The flow and what becomes of it, on one line.
pub(super) fn line(answer: &Answer<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let word = answer.verdict.word().to_uppercase();
    let number = answer.line.unwrap_or_default();
    let word = paint.verdict(answer.verdict, &format!("{word:7}"));
    write!(out, "{word}  {number}: {}", flow(answer))?;
    for hop in &answer.hops {
        match (&hop.rule, &hop.reason) {
            (Some(_), _) => write!(out, "; {}", decider(hop))?,
            (None, Some(reason)) => write!(out, "; {}", clean::line(reason))?,
            (None, None) => {}
        }
    }
    writeln!(out)
}

fn tried(
    rule: &TriedRule<'_>,
    answer: &Answer<'_>,
    widest: usize,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = clean::line(&rule.rule);
    let access = rule.access.unwrap_or("?");
    let priority = rule.priority.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let mark = if rule.decides { ">" } else { " " };
    let mut words = match rule.matches {
        Matches::None => format!("no match: {}", missed(rule.field.unwrap_or_default())),
        Matches::Some => "matches a part of it".to_owned(),
        Matches::All => "matches".to_owned(),
        Matches::Unknown => {
            let reason = rule.reason.as_deref().unwrap_or_default();
            format!("may match: {}", clean::line(reason))
        }
    };
    if rule.decides {
        words.push_str(", and decides");
    }
    let text = format!("{mark} {priority:>5}  {access:5}  {name:widest$}  {words}");
    let text = match rule.matches {
        _ if rule.decides => paint.verdict(answer.verdict, &text),
        Matches::None => paint.faint(&text),
        Matches::Some | Matches::All | Matches::Unknown => text,
    };
    writeln!(out, "{text}")
}

/// Why a rule does not match, by the column that tells.
fn missed(field: &str) -> &'static str {
    match field {
        "source" => "it is for other sources",
        "source_port" => "it is for other source ports",
        "destination" => "it is for other destinations",
        "port" => "it is for other ports",
        "name" => "it is for other sources, protocols, ports or names",
        _ => "it is for another protocol",
    }
}

/// `outbound 10.0.0.4 -> Storage.JapanEast on Tcp/443`
fn flow(answer: &Answer<'_>) -> String {
    let flow = answer.flow;
    let end = |end: &Option<String>, own: bool| match end {
        Some(text) => clean::line(text),
        None if own => "any private address".to_owned(),
        None => "any address".to_owned(),
    };
    let outbound = flow.direction == "outbound";
    let (source, destination) = (end(&flow.source, outbound), end(&flow.destination, !outbound));
    let from = flow.source_port.map(|port| format!(" port {port}")).unwrap_or_default();
    let on = match (flow.protocol, flow.port) {
        ("Any", None) => String::new(),
        ("Any", Some(port)) => format!(" on port {port}"),
        (protocol, None) => format!(" on {protocol}"),
        (protocol, Some(port)) => format!(" on {protocol}/{port}"),
    };
    format!("{} {source}{from} -> {destination}{on}", flow.direction)
}

/// `Tcp 10.0.0.4:50000 -> 20.60.172.1:443`
fn packet(packet: &Packet) -> String {
    let end = |address: IpAddr, port: Option<u16>| match port {
        Some(port) => SocketAddr::new(address, port).to_string(),
        None => address.to_string(),
    };
    let source = end(packet.source, packet.source_port);
    format!("{} {source} -> {}", packet.protocol, end(packet.destination, packet.port))
}

fn verdict(hop: &Hop<'_>, paint: Paint) -> String {
    let word = paint.verdict(hop.verdict, &hop.verdict.word().to_uppercase());
    let by = match (&hop.rule, hop.verdict) {
        (None, _) => return word,
        (Some(_), Verdict::Partial) => ": a part is stopped by",
        (Some(_), Verdict::Allowed | Verdict::Blocked | Verdict::Unknown) => " by",
    };
    format!("{word}{by} {}", decider(hop))
}

/// `Deny-All (4096) at net/nsg.json:12:7`
fn decider(hop: &Hop<'_>) -> String {
    let rule = clean::line(hop.rule.as_deref().unwrap_or_default());
    let priority = hop.priority.map(|number| format!(" ({number})")).unwrap_or_default();
    let next = hop.next_hop.as_deref().map(|it| format!(" (to {})", clean::line(it)));
    let next = next.unwrap_or_default();
    let place = hop.location.map_or_else(
        || ", built in".to_owned(),
        |at| format!(" at {}:{}:{}", clean::line(at.file), at.line, at.column),
    );
    format!("{rule}{priority}{next}{place}")
}
