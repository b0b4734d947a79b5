namespace CityPerception.Core.Mapping.Paths;

/// <summary>What stood where a path leads to.</summary>
internal enum SlotKind : byte
{
    /// <summary>Nothing: the path leads nowhere in this document.</summary>
    None,
    Null,
    True,
    False,
    Number,

    /// <summary>Text without escapes: the bytes are the text.</summary>
    Text,

    /// <summary>Text with JSON escapes to undo.</summary>
    EscapedText,

    /// <summary>An object or array, whole.</summary>
    Json,

    /// <summary>The index of an array's element, in <see cref="Slot.Start"/>.</summary>
    Position,
}

/// <summary>A captured value: where in the document its bytes are. Text is without its quotes.</summary>
internal struct Slot
{
    public int Start;
    public int Length;
    public SlotKind Kind;
}

/// <summary>One number of all that a wildcard path matches, gathered while the document is read.</summary>
internal struct Gathered
{
    public double Sum, Min, Max, First, Last;
    public int Count;

    public void Add(double value)
    {
        if (Count == 0) (Min, Max, First) = (value, value, value);
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Last = value;
        Sum += value;
        Count++;
    }
}

/// <summary>Where an evaluator finds a captured value: which scope (document 0, elements from 1), which of its slots.</summary>
internal readonly record struct SlotRef(int Scope, int Index);
