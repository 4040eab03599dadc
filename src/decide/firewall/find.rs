//! Which resource a reference of a firewall means. Ids that are known from the subscription on mean
//! the same in every file, others only in their own.

use crate::{
    model::{
        FirewallPolicy, Reference,
        names::{Same, compare, is_global},
    },
    source::FileId,
};

/// Whether `id`, which stands in `file`, means the resource of the id `other` in the file `home`.
pub(super) fn means(id: &str, file: FileId, other: &str, home: FileId) -> Same {
    if is_global(id) && is_global(other) {
        return compare(id, other);
    }
    if file == home { compare(id, other) } else { Same::No }
}

/// Whether a reference may mean the policy.
pub(super) fn refers(reference: &Reference, file: FileId, policy: &FirewallPolicy) -> bool {
    match reference {
        Reference::To(id) => means(&id.value, file, &policy.id, policy.span.file) != Same::No,
        Reference::None | Reference::Unknown(_) => false,
    }
}

/// The policy of an id, that of the same file before others; an error is the reason why it is not
/// known which one that is.
pub(super) fn policy<'m>(
    id: &str,
    file: FileId,
    policies: &'m [FirewallPolicy],
) -> Result<&'m FirewallPolicy, String> {
    let is =
        |same: Same| move |it: &&'m FirewallPolicy| means(id, file, &it.id, it.span.file) == same;
    let mut all = policies.iter().filter(is(Same::Yes));
    let here = all.clone().find(|it| it.span.file == file);
    if let Some(found) = here.or_else(|| all.next()) {
        return Ok(found);
    }
    let name = last(id);
    match policies.iter().find(is(Same::Perhaps)) {
        Some(other) => {
            Err(format!("whether its policy `{name}` is `{}` is not known", other.name.value))
        }
        None => Err(format!("its policy `{name}` is not in the input")),
    }
}

/// The name at the end of an id.
pub(super) fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}
