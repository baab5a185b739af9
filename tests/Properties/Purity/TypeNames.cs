using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Marketplace.Properties.Purity;

/// <summary>The names in compiled metadata: of each type and member that a handle or a signature mentions.</summary>
internal sealed class TypeNames(MetadataReader metadata) : ISignatureTypeProvider<ImmutableArray<string>, object?>
{
    /// <summary>The full name of a type that is defined here.</summary>
    public string Of(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer ? $"{Of(outer)}.{name}" : Qualified(type.Namespace, name);
    }

    /// <summary>Everything that one instruction mentions: the member with its type, and the type arguments.</summary>
    public ImmutableArray<string> AllOf(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => [Of((TypeReferenceHandle)handle)],
        HandleKind.TypeDefinition => [Of((TypeDefinitionHandle)handle)],
        HandleKind.TypeSpecification => metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null),
        HandleKind.MemberReference => AllOf(metadata.GetMemberReference((MemberReferenceHandle)handle)),
        HandleKind.MethodSpecification => AllOf(metadata.GetMethodSpecification((MethodSpecificationHandle)handle)),
        _ => [],
    };

    private ImmutableArray<string> AllOf(MemberReference member)
    {
        var parents = AllOf(member.Parent);
        return parents.IsEmpty ? parents : [$"{parents[0]}.{metadata.GetString(member.Name)}", .. parents];
    }

    private ImmutableArray<string> AllOf(MethodSpecification method) =>
        [.. AllOf(method.Method), .. method.DecodeSignature(this, null).SelectMany(argument => argument)];

    private string Of(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{Of((TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : Qualified(type.Namespace, name);
    }

    private string Qualified(StringHandle space, string name) => space.IsNil ? name : $"{metadata.GetString(space)}.{name}";

    public ImmutableArray<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [Of(handle)];

    public ImmutableArray<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [Of(handle)];

    public ImmutableArray<string> GetTypeFromSpecification(
        MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public ImmutableArray<string> GetGenericInstantiation(
        ImmutableArray<string> genericType, ImmutableArray<ImmutableArray<string>> typeArguments) =>
        [.. genericType, .. typeArguments.SelectMany(argument => argument)];

    public ImmutableArray<string> GetFunctionPointerType(MethodSignature<ImmutableArray<string>> signature) =>
        [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(parameter => parameter)];

    public ImmutableArray<string> GetModifiedType(ImmutableArray<string> modifier, ImmutableArray<string> unmodifiedType, bool isRequired) =>
        unmodifiedType;

    public ImmutableArray<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => [$"System.{typeCode}"];

    public ImmutableArray<string> GetArrayType(ImmutableArray<string> elementType, ArrayShape shape) => elementType;

    public ImmutableArray<string> GetByReferenceType(ImmutableArray<string> elementType) => elementType;

    public ImmutableArray<string> GetPinnedType(ImmutableArray<string> elementType) => elementType;

    public ImmutableArray<string> GetPointerType(ImmutableArray<string> elementType) => elementType;

    public ImmutableArray<string> GetSZArrayType(ImmutableArray<string> elementType) => elementType;

    public ImmutableArray<string> GetGenericMethodParameter(object? context, int index) => [];

    public ImmutableArray<string> GetGenericTypeParameter(object? context, int index) => [];
}
