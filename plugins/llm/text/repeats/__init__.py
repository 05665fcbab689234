"""The step for prompts: instructions that are given twice."""
