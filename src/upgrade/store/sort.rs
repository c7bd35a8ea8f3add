//! One sort for everything: the standard library's is larger, and there once more for each type.

/// Sorts by merging longer and longer runs; what is sorted costs one look.
pub(crate) fn sort(list: &mut Vec<(u64, u32)>) {
    if list.is_sorted() {
        return;
    }
    let mut width = 1;
    while width < list.len() {
        let mut merged = Vec::with_capacity(list.len());
        for pair in list.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            loop {
                let from = match (left.first(), right.first()) {
                    (Some(a), Some(b)) if a <= b => &mut left,
                    (_, Some(_)) => &mut right,
                    (Some(_), None) => &mut left,
                    (None, None) => break,
                };
                if let Some((first, rest)) = from.split_first() {
                    merged.push(*first);
                    *from = rest;
                }
            }
        }
        *list = merged;
        width *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_the_standard_one() {
        let mut random = 1_u64;
        for length in 0..70 {
            let next = |_| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (random >> 60, random as u32)
            };
            let mut list: Vec<(u64, u32)> = (0..length).map(next).collect();
            let mut wanted = list.clone();
            wanted.sort_unstable();
            sort(&mut list);
            assert_eq!(list, wanted);
        }
    }
}
