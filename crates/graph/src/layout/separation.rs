//! The places nearest to the wanted ones at which nothing is too close: least squares under separation constraints, after
//! Dwyer, Marriott and Stuckey, "Fast node overlap removal" (2005).

/// `left` is at least `apart` to the left of `right`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gap {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) apart: f64,
}

/// Variables that touch each other and move as one.
#[derive(Debug, Default)]
struct Group {
    members: Vec<usize>,
    weight: f64,
    /// Σ weight × (wanted − offset).
    moment: f64,
}

/// The places. The gaps must close no circle.
///
/// What has joined a group never leaves it, so the side from which groups grow counts: the mean of both sides keeps every gap
/// and favours neither.
pub(super) fn project(wanted: &[f64], weights: &[f64], gaps: &[Gap]) -> Vec<f64> {
    let mirrored: Vec<f64> = wanted.iter().map(|x| -x).collect();
    let turned: Vec<Gap> = gaps.iter().map(|g| Gap { left: g.right, right: g.left, apart: g.apart }).collect();
    let (one, other) = (from_left(wanted, weights, gaps), from_left(&mirrored, weights, &turned));
    one.into_iter().zip(other).map(|(a, b)| f64::midpoint(a, -b)).collect()
}

fn from_left(wanted: &[f64], weights: &[f64], gaps: &[Gap]) -> Vec<f64> {
    let count = wanted.len();
    let mut coming: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, gap) in gaps.iter().enumerate() {
        coming[gap.right].push(index);
        leaving[gap.left].push(index);
    }
    let mut group_of: Vec<usize> = (0..count).collect();
    let mut offset = vec![0.0_f64; count];
    let mut groups: Vec<Group> =
        (0..count).map(|v| Group { members: vec![v], weight: weights[v], moment: weights[v] * wanted[v] }).collect();
    for variable in ordered(count, gaps, &coming, &leaving) {
        loop {
            let own = group_of[variable];
            let at = groups[own].moment / groups[own].weight;
            let mut worst: Option<(f64, usize)> = None;
            for member in &groups[own].members {
                for index in &coming[*member] {
                    let gap = &gaps[*index];
                    let other = group_of[gap.left];
                    if other == own {
                        continue;
                    }
                    let left = groups[other].moment / groups[other].weight + offset[gap.left];
                    let lacking = left + gap.apart - (at + offset[*member]);
                    if lacking > 1e-9 && worst.is_none_or(|(most, _)| lacking > most) {
                        worst = Some((lacking, *index));
                    }
                }
            }
            let Some((_, index)) = worst else { break };
            merge(&gaps[index], &mut group_of, &mut offset, &mut groups);
        }
    }
    (0..count).map(|v| groups[group_of[v]].moment / groups[group_of[v]].weight + offset[v]).collect()
}

/// Joins the groups of both sides so that the gap is just kept; the smaller one moves.
fn merge(gap: &Gap, group_of: &mut [usize], offset: &mut [f64], groups: &mut [Group]) {
    let (left, right) = (group_of[gap.left], group_of[gap.right]);
    // Where the right group's zero is, from the left one's.
    let shift = offset[gap.left] + gap.apart - offset[gap.right];
    let (into, from, shift) = if groups[left].members.len() >= groups[right].members.len() {
        (left, right, shift)
    } else {
        (right, left, -shift)
    };
    let moved = std::mem::take(&mut groups[from]);
    for member in &moved.members {
        group_of[*member] = into;
        offset[*member] += shift;
    }
    groups[into].moment += moved.moment - moved.weight * shift;
    groups[into].weight += moved.weight;
    groups[into].members.extend(moved.members);
}

/// Every variable behind those that are to the left of it.
fn ordered(count: usize, gaps: &[Gap], coming: &[Vec<usize>], leaving: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = coming.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..count).filter(|v| open[*v] == 0).collect();
    let mut next = 0;
    while let Some(variable) = order.get(next).copied() {
        next += 1;
        for index in &leaving[variable] {
            let right = gaps[*index].right;
            open[right] -= 1;
            if open[right] == 0 {
                order.push(right);
            }
        }
    }
    debug_assert_eq!(order.len(), count, "the gaps close a circle");
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_enough_stays_and_what_is_not_parts_evenly() {
        let gap = |left, right| Gap { left, right, apart: 10.0 };
        assert_eq!(project(&[0.0, 30.0], &[1.0, 1.0], &[gap(0, 1)]), [0.0, 30.0]);
        assert_eq!(project(&[0.0, 0.0], &[1.0, 1.0], &[gap(0, 1)]), [-5.0, 5.0]);
        assert_eq!(project(&[0.0, 0.0], &[1.0, 3.0], &[gap(0, 1)]), [-7.5, 2.5]);
        assert_eq!(project(&[0.0, 0.0, 0.0], &[1.0; 3], &[gap(0, 1), gap(1, 2)]), [-10.0, 0.0, 10.0]);
    }
}
