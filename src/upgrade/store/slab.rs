//! Values by number.

/// No number.
pub(crate) const NONE: u32 = u32::MAX;

/// Values on one page: a slab grows by pages, so nothing large is ever moved.
const PAGE: usize = 512;

/// Values by number; the numbers of those taken out are given again.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    pages: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab {
            pages: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T: Default> Slab<T> {
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.pages.get(number / PAGE)?.get(number % PAGE)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let number = number as usize;
        self.pages.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }

    /// Puts a value in; gives its number.
    pub(crate) fn put(&mut self, value: T) -> u32 {
        if let Some(number) = self.free.pop() {
            if let Some(place) = self.get_mut(number) {
                *place = value;
            }
            return number;
        }
        if self.pages.last().is_none_or(|page| page.len() == PAGE) {
            self.make_room();
            // The first page grows by itself: most trackers hold little.
            let room = if self.pages.is_empty() { 0 } else { PAGE };
            self.pages.push(Vec::with_capacity(room));
        }
        let full = PAGE * (self.pages.len() - 1);
        let Some(page) = self.pages.last_mut() else {
            return NONE;
        };
        page.push(value);
        (full + page.len() - 1) as u32
    }

    /// Memory grows by an eighth at a time. For a JavaScript engine each growth is another buffer of the
    /// whole size, which it counts until it collects it: growing page by page would keep it collecting.
    fn make_room(&self) {
        let ahead = self.pages.len() / 8;
        if ahead > 1 && self.pages.len().is_multiple_of(ahead) {
            drop(std::hint::black_box(Vec::<T>::with_capacity(PAGE * ahead)));
        }
    }

    /// Takes a value out.
    #[inline]
    pub(crate) fn take(&mut self, number: u32) -> T {
        let value = self.get_mut(number).map(std::mem::take);
        if value.is_some() {
            self.free.push(number);
        }
        value.unwrap_or_default()
    }

    /// How many numbers there are: those given are less.
    pub(crate) fn numbers(&self) -> u32 {
        let full = PAGE * self.pages.len().saturating_sub(1);
        (full + self.pages.last().map_or(0, Vec::len)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_again() {
        let mut slab = Slab::default();
        let numbers: Vec<u32> = (0..2_000).map(|n| slab.put(n)).collect();
        assert_eq!(numbers, (0..2_000).collect::<Vec<u32>>());
        assert_eq!((slab.take(700), slab.take(3)), (700, 3));
        assert_eq!((slab.put(9), slab.put(8)), (3, 700));
        assert_eq!(slab.get(3), Some(&9));
        assert_eq!(slab.numbers(), 2_000);
        assert_eq!(slab.get(NONE), None);
    }
}
