//! Text dump of a class in the manner of `javap -v -p`.
