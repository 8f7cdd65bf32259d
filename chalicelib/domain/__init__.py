"""Every rule, as pure functions over frozen structs: `now` is always an argument, nothing here touches the world."""
