"""What is shown, whoever shows it: values from the store made ready for pages, feeds, answers and commands. No I/O."""
