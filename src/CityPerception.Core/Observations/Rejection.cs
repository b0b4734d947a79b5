namespace CityPerception.Core.Observations;

/// <summary>Why one element of a message was refused, in words for whoever sent it.</summary>
/// <param name="Reason">The closed list's entry.</param>
/// <param name="Index">Which element of the message, from 0.</param>
/// <param name="Path">Where in the element: a JSONPath (<c>$.data.pm25</c>), a key, or <c>line 3, column 17</c>.</param>
/// <param name="Detail">What was found and what is allowed.</param>
public readonly record struct Rejection(RejectionReason Reason, int Index, string Path, string Detail);
