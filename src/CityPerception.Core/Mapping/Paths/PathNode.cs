using System.Text;

namespace CityPerception.Core.Mapping.Paths;

/// <summary>All the paths that start at one element, as a tree that is walked beside the JSON, once.</summary>
internal sealed class PathNode
{
    private PathNode(byte[][] names, PathNode[] members, (int, PathNode)[] positions, PathNode? any, int[] slots, int[] gathers)
    {
        Names = names;
        Members = members;
        Positions = positions;
        Any = any;
        Slots = slots;
        Gathers = gathers;
    }

    /// <summary>The names of <see cref="Members"/> in UTF-8.</summary>
    public byte[][] Names { get; }

    public PathNode[] Members { get; }

    public (int Position, PathNode Node)[] Positions { get; }

    /// <summary>For whatever no name or position matches.</summary>
    public PathNode? Any { get; }

    /// <summary>The slots that the value here goes to.</summary>
    public int[] Slots { get; }

    /// <summary>The gathered numbers that the value here counts in.</summary>
    public int[] Gathers { get; }

    public bool HasMembers => Members.Length > 0 || Any is not null;

    public bool HasPositions => Positions.Length > 0 || Any is not null;

    public PathNode? At(int position)
    {
        foreach ((int at, PathNode node) in Positions)
            if (at == position) return node;
        return Any;
    }

    /// <summary>Takes paths in while a mapping is compiled.</summary>
    public sealed class Builder
    {
        private readonly Dictionary<PathSegment, Builder> _children = [];
        private readonly List<int> _slots = [];
        private readonly List<int> _gathers = [];

        public void AddSlot(ReadOnlySpan<PathSegment> path, int slot) => Reach(path)._slots.Add(slot);

        public void AddGather(ReadOnlySpan<PathSegment> path, int gather) => Reach(path)._gathers.Add(gather);

        public PathNode Build()
        {
            // A name that also a wildcard matches serves both: the walk then follows one node a value.
            if (_children.TryGetValue(new PathSegment.Any(), out Builder? any))
                foreach ((PathSegment segment, Builder child) in _children)
                    if (segment is not PathSegment.Any) child.TakeIn(any);

            var members = _children.Where(c => c.Key is PathSegment.Member).ToList();
            return new PathNode(
                [.. members.Select(m => Encoding.UTF8.GetBytes(((PathSegment.Member)m.Key).Name))],
                [.. members.Select(m => m.Value.Build())],
                [.. _children.Where(c => c.Key is PathSegment.Index).Select(c => (((PathSegment.Index)c.Key).Position, c.Value.Build()))],
                any?.Build(),
                [.. _slots],
                [.. _gathers]);
        }

        private Builder Reach(ReadOnlySpan<PathSegment> path)
        {
            Builder node = this;
            foreach (PathSegment segment in path)
            {
                if (!node._children.TryGetValue(segment, out Builder? next)) node._children.Add(segment, next = new Builder());
                node = next;
            }

            return node;
        }

        private void TakeIn(Builder other)
        {
            _slots.AddRange(other._slots);
            _gathers.AddRange(other._gathers);
            foreach ((PathSegment segment, Builder child) in other._children)
            {
                if (!_children.TryGetValue(segment, out Builder? mine)) _children.Add(segment, mine = new Builder());
                mine.TakeIn(child);
            }
        }
    }
}
