namespace CityPerception.Core.Mapping.Paths;

/// <summary>One level of elements: the document, or what one wildcard of <c>each</c> or <c>members</c> walks over.</summary>
/// <param name="Root">The paths that are read of an element.</param>
/// <param name="SlotCount">How many values they capture.</param>
/// <param name="GatherCount">How many numbers they gather.</param>
/// <param name="SlotPaths">The path of each slot as it was written, for messages.</param>
/// <param name="KeySlot">The slot that holds the element's key; −1 if nobody asks for it.</param>
/// <param name="Container">Where, in the scope around, the array or object is whose children are the elements.</param>
/// <param name="IsIterated">Its children are the elements; else what is captured is the one element itself.</param>
internal sealed record ScopePlan(
    PathNode Root, int SlotCount, int GatherCount, string[] SlotPaths, int KeySlot, SlotRef Container, bool IsIterated);

/// <summary>Gives every path of a mapping its slot, while the mapping is compiled.</summary>
internal sealed class ScopeBuilder
{
    private readonly List<Level> _levels = [new Level(default, false)];

    // The scopes open now, outermost first: members close theirs, and a later one opens beside it.
    private readonly List<int> _open = [0];

    public int Innermost => _open[^1];

    /// <summary>The slot of a path as seen from the innermost scope. False if it goes further out than there are elements.</summary>
    public bool TryGetSlot(MappingPath path, out SlotRef slot)
    {
        slot = default;
        int scope = ScopeOf(path);
        if (scope < 0 || (path.IsKey && scope == 0)) return false;

        Level level = _levels[scope];
        if (path.IsKey)
        {
            if (level.KeySlot < 0) level.KeySlot = level.NewSlot(path.Text);
            slot = new SlotRef(scope, level.KeySlot);
            return true;
        }

        if (!level.Known.TryGetValue(Canonical(path), out int index))
        {
            index = level.NewSlot(path.Text);
            level.Root.AddSlot(path.Segments.AsSpan(), index);
            level.Known.Add(Canonical(path), index);
        }

        slot = new SlotRef(scope, index);
        return true;
    }

    public bool TryGetGather(MappingPath path, out SlotRef gather)
    {
        int scope = ScopeOf(path);
        gather = default;
        if (scope < 0 || path.IsKey) return false;

        gather = new SlotRef(scope, _levels[scope].Gathers++);
        _levels[scope].Root.AddGather(path.Segments.AsSpan(), gather.Index);
        return true;
    }

    /// <summary>Opens a scope for each wildcard of the path, and one for what follows the last.</summary>
    /// <returns>False if the path leads further out than there are elements.</returns>
    public bool TryOpen(MappingPath path)
    {
        MappingPath rest = path;
        while (true)
        {
            int wildcard = rest.Segments.IndexOf(new PathSegment.Any());
            bool isIterated = wildcard >= 0;
            MappingPath step = isIterated ? rest with { Segments = rest.Segments[..wildcard] } : rest;
            if (!TryGetSlot(step, out SlotRef container)) return false;

            _levels.Add(new Level(container, isIterated));
            _open.Add(_levels.Count - 1);
            if (!isIterated || wildcard == rest.Segments.Length - 1) return true;
            rest = new MappingPath(0, false, rest.Segments[(wildcard + 1)..], path.Text);
        }
    }

    /// <summary>Closes the innermost scope.</summary>
    public void Close() => _open.RemoveAt(_open.Count - 1);

    public ScopePlan[] Build() =>
        [.. _levels.Select(l => new ScopePlan(l.Root.Build(), l.SlotPaths.Count, l.Gathers, [.. l.SlotPaths], l.KeySlot, l.Container, l.IsIterated))];

    private int ScopeOf(MappingPath path) => path.Up == MappingPath.Root ? 0 : path.Up < _open.Count ? _open[^(path.Up + 1)] : -1;

    private static string Canonical(MappingPath path) => string.Join('/', path.Segments);

    private sealed class Level(SlotRef container, bool isIterated)
    {
        public SlotRef Container { get; } = container;

        public bool IsIterated { get; } = isIterated;

        public PathNode.Builder Root { get; } = new();

        public Dictionary<string, int> Known { get; } = [];

        public List<string> SlotPaths { get; } = [];

        public int Gathers { get; set; }

        public int KeySlot { get; set; } = -1;

        public int NewSlot(string path)
        {
            SlotPaths.Add(path);
            return SlotPaths.Count - 1;
        }
    }
}
