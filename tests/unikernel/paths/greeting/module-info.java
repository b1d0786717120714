module greeting {
}
