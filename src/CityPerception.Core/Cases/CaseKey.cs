namespace CityPerception.Core.Cases;

/// <summary>Which case: ids are unique within the source that a case belongs to.</summary>
/// <param name="Source">The source, as the tag has it.</param>
/// <param name="Id">The case's own number.</param>
public readonly record struct CaseKey(string Source, string Id);
