module asks {
    requires greet;
}
