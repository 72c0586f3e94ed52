//! How often is looked.

use std::time::Duration;

/// Grows while nothing happens, begins anew when something does.
#[derive(Debug, Clone)]
pub struct Pace {
    shortest: Duration,
    longest: Duration,
    next: Duration,
}

impl Pace {
    /// For a history: `GetExecutionHistory` is refilled with 20 calls a second for the whole account, in small regions with 5
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>): one in a second at most, one in five
    /// where nothing happens.
    pub const fn history() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(5))
    }

    /// Between these.
    pub const fn new(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest, next: shortest }
    }

    /// The pause after a look that did or did not bring something new.
    pub fn after(&mut self, something: bool) -> Duration {
        if something {
            self.next = self.shortest;
            return self.shortest;
        }
        let pause = self.next;
        self.next = (self.next * 3 / 2).min(self.longest);
        pause
    }

    /// The pause after a look that AWS had no time for.
    pub fn after_trouble(&mut self) -> Duration {
        self.next = self.longest;
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slows_down_and_wakes_up() {
        let mut pace = Pace::history();
        let pauses: Vec<_> = (0..7).map(|_| pace.after(false).as_millis()).collect();
        assert_eq!(pauses, [1000, 1500, 2250, 3375, 5000, 5000, 5000]);
        assert_eq!(pace.after(true).as_millis(), 1000);
        assert_eq!(pace.after(false).as_millis(), 1000);
        assert_eq!(pace.after_trouble().as_millis(), 5000);
    }
}
