"""The ordered contact plan, the guard before every attempt, and the words that go out."""
