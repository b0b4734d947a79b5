using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

/// <summary>What is wrong with a line, and where.</summary>
/// <param name="Reason">The closed list's entry.</param>
/// <param name="Line">From 1. Line breaks inside quoted strings count, as they do in an editor.</param>
/// <param name="Column">From 1, in bytes.</param>
/// <param name="Offset">From the start of the text, in bytes.</param>
/// <param name="Detail">What was found and what is allowed; a constant, so that a bad line costs no memory.</param>
public readonly record struct LineFault(RejectionReason Reason, int Line, int Column, int Offset, string Detail)
{
    /// <summary>The place, as rejections name it.</summary>
    public string Path => $"line {Line}, column {Column}";
}
