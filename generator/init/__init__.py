"""From a spreadsheet to settings: looks at a table, guesses, and writes what was guessed."""
