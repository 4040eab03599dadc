//! Functions on dates.

use crate::template::evaluate::Outcome;
use crate::template::unknown::Reason;

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("dateTimeAdd", 2..=3, add),
    Function::of("dateTimeFromEpoch", 1..=1, from_epoch),
    Function::of("dateTimeToEpoch", 1..=1, to_epoch),
    Function::lazy("utcNow", 0..=1, utc_now),
];

const DAY: i64 = 86_400;

/// The last second of the year 9999.
const END: i64 = 253_402_300_799;

fn utc_now<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let reason = Reason::Deployment("time");
    arguments.evaluator.opaque(arguments.call, arguments.function, reason)
}

/// The second as `2023-05-02T15:16:13Z`.
fn from_epoch<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let second = arguments.integer(0)?;
    if !(0..=END).contains(&second) {
        return Err(arguments.invalid(0, "the date is not between the years 1970 and 9999"));
    }
    let (year, month, day) = date(second / DAY);
    let (hour, minute, second) = (second % DAY / 3_600, second % 3_600 / 60, second % 60);
    arguments.made(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// `dateTimeAdd(date, duration, [format])`: without a format as `4/7/2020 2:53:14 PM`.
fn add<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let start = second(arguments.text(0)?);
    let start = start
        .ok_or_else(|| arguments.invalid(0, "it is not a date such as `2023-05-02T15:16:13Z`"))?;
    let duration = Duration::read(arguments.text(1)?);
    let duration =
        duration.ok_or_else(|| arguments.invalid(1, "it is not a duration such as `P1DT2H30M`"))?;
    let end = duration.after(start).filter(|end| (0..=END).contains(end));
    let end = end.ok_or_else(|| {
        arguments.invalid(
            1,
            "how long its years and months are is not documented, or it ends too far away",
        )
    })?;
    let (days, rest) = (end / DAY, end % DAY);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3_600, rest % 3_600 / 60, rest % 60);
    let format = match arguments.get(2) {
        None => {
            let half = if hour < 12 { "AM" } else { "PM" };
            let hour = (hour + 11) % 12 + 1;
            return arguments
                .made(format!("{month}/{day}/{year} {hour}:{minute:02}:{second:02} {half}"));
        }
        Some(_) => match arguments.text(2)? {
            "s" => "yyyy-MM-ddTHH:mm:ss",
            "u" => "yyyy-MM-dd HH:mm:ssZ",
            custom => custom,
        },
    };
    let parts =
        [("yyyy", year), ("MM", month), ("dd", day), ("HH", hour), ("mm", minute), ("ss", second)];
    let filled = filled(format, &parts);
    let filled =
        filled.ok_or_else(|| arguments.invalid(2, "this form of dates is not evaluated"))?;
    arguments.made(filled)
}

/// The format with the parts of a date; `None` if it asks for others.
fn filled(format: &str, parts: &[(&str, i64)]) -> Option<String> {
    let mut filled = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (found, tail) = rest.split_at(run);
        match parts.iter().find(|(name, _)| *name == found) {
            Some((name, value)) => filled.push_str(&format!("{value:0width$}", width = name.len())),
            None if matches!(first, '-' | ':' | '/' | ' ' | '.' | ',' | 'T' | 'Z') => {
                filled.push_str(found);
            }
            None => return None,
        }
        rest = tail;
    }
    // One letter alone is a form of its own.
    (format.len() > 1).then_some(filled)
}

/// A duration of ISO 8601.
#[derive(Debug, Default)]
struct Duration {
    is_negative: bool,
    years: i64,
    months: i64,
    seconds: i64,
}

impl Duration {
    fn read(text: &str) -> Option<Self> {
        /// Longer than all that years from 1970 to 9999 need.
        const MOST: i64 = 1 << 40;
        let rest = text.strip_prefix('-');
        let mut found = Self { is_negative: rest.is_some(), ..Self::default() };
        let rest = rest.unwrap_or(text).strip_prefix('P')?;
        let (date, time) = rest.split_once('T').map_or((rest, None), |(d, t)| (d, Some(t)));
        if (date.is_empty() && time.is_none()) || time.is_some_and(str::is_empty) {
            return None;
        }
        let mut part = |text: &str, units: &str| -> Option<()> {
            let mut units = units.chars();
            let mut rest = text;
            while !rest.is_empty() {
                let end = rest.find(|c: char| !c.is_ascii_digit())?;
                let number: i64 = rest.get(..end)?.parse().ok().filter(|it| *it < MOST)?;
                let unit = rest.get(end..)?.chars().next()?;
                // Units come in their order, each at most once.
                units.by_ref().find(|it| *it == unit)?;
                match (unit, time.is_some_and(|time| time == text)) {
                    ('Y', _) => found.years = number,
                    ('M', false) => found.months = number,
                    ('D', _) => found.seconds += number * DAY,
                    ('H', _) => found.seconds += number * 3_600,
                    ('M', true) => found.seconds += number * 60,
                    (_, _) => found.seconds += number,
                }
                rest = rest.get(end + 1..)?;
            }
            Some(())
        };
        part(date, "YMD")?;
        part(time.unwrap_or_default(), "HMS")?;
        Some(found)
    }

    /// The second that is so much later than `start`. Whether a year is one of the calendar or has
    /// 365 days (a month 30) is not documented: known is only where that makes no difference.
    fn after(&self, start: i64) -> Option<i64> {
        let sign = if self.is_negative { -1 } else { 1 };
        let (year, month, day) = date(start / DAY);
        let months = year * 12 + month - 1 + sign * (self.years * 12 + self.months);
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        if !(1970..=9999).contains(&year) {
            return None;
        }
        let day = day.min(month_length(year, month));
        let days =
            days_before(year) + (1..month).map(|it| month_length(year, it)).sum::<i64>() + day - 1;
        let by_calendar = days * DAY + start % DAY;
        let by_length = start + sign * (self.years * 365 + self.months * 30) * DAY;
        (by_calendar == by_length).then_some(by_calendar + sign * self.seconds)
    }
}

fn to_epoch<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let second = second(arguments.text(0)?);
    let second = second
        .ok_or_else(|| arguments.invalid(0, "it is not a date such as `2023-05-02T15:16:13Z`"))?;
    Ok(arguments.number(&second))
}

/// The second since 1970 of a date such as `2023-05-02T15:16:13Z`.
fn second(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z')?;
    let (date, time) = text.split_once(['T', ' '])?;
    let numbers = |text: &str, separator| -> Option<[i64; 3]> {
        let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<i64> = text
            .split(separator)
            .map(|part| Some(part).filter(is_number)?.parse().ok())
            .collect::<Option<_>>()?;
        parts.try_into().ok()
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    let is_date = (1970..=9999).contains(&year) && (1..=12).contains(&month);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    let is_day = is_date && (1..=month_length(year, month)).contains(&day);
    let days = days_before(year) + (1..month).map(|month| month_length(year, month)).sum::<i64>();
    (is_day && is_time).then_some((days + day - 1) * DAY + hour * 3_600 + minute * 60 + second)
}

/// The year, month and day so many days after the first one of 1970.
fn date(days: i64) -> (i64, i64, i64) {
    // No year is longer than 366 days, so this is at most some years too early.
    let mut year = 1970 + days / 366;
    while days_before(year + 1) <= days {
        year += 1;
    }
    let mut day = days - days_before(year);
    let mut month = 1;
    while day >= month_length(year, month) {
        day -= month_length(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

/// The days from the first one of 1970 to that of `year`.
fn days_before(year: i64) -> i64 {
    let leap_years = |year: i64| year / 4 - year / 100 + year / 400;
    (year - 1970) * 365 + leap_years(year - 1) - leap_years(1969)
}

const fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
