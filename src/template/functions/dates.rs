//! Functions on dates.

use crate::template::evaluate::Outcome;
use crate::template::unknown::Reason;

use super::deployment::not_evaluated;
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    // The form of its result is not documented well enough.
    Function::lazy("dateTimeAdd", 2..=3, not_evaluated),
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
